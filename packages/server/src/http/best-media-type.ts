/**
 * The media type among `offers` that an `Accept` header likes best; of several that it likes alike, the first offer. Undefined when it wants none of them.
 */
export function bestMediaType<Offer extends string>(accept: string, offers: readonly Offer[]): Offer | undefined {
  const ranges = accept.split(",").map(readRange);
  const rated = offers.map((offer) => ({ offer, quality: qualityOf(offer, ranges) }));
  return rated.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality)[0]?.offer;
}

interface MediaRange {
  /** `text/plain`, `text/*` or `*\/*`. */
  readonly range: string;
  readonly quality: number;
}

function readRange(text: string): MediaRange {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const quality = parameters.find((part) => part.startsWith("q="))?.slice(2);
  return { range, quality: quality === undefined ? 1 : Number(quality) || 0 };
}

/** The most precise range that fits decides. */
function qualityOf(offer: string, ranges: readonly MediaRange[]): number {
  const [kind] = offer.split("/");
  for (const wanted of [offer, `${kind}/*`, "*/*"]) {
    const found = ranges.find(({ range }) => range === wanted);
    if (found) return found.quality;
  }
  return 0;
}
