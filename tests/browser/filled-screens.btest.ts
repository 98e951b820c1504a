// Every page, filled: in light and dark, and on a phone. axe looks at each.
import { expect, test } from "vitest";
import { findBarriers } from "./harness/find-barriers.ts";
import { PAGES, setUpScreens, settled } from "./harness/screens.ts";

const screen = setUpScreens();

const nameOf = (path: string): string => path.replaceAll(/[/?%=]+/g, "-");

test.each(PAGES)("%s shows what there is to everybody: in light, in dark, on a phone", async (path, heading) => {
  const { page, session } = screen();
  await page.goto(path);
  await settled(page);
  expect(await page.locator("main h1").allTextContents()).toEqual([expect.stringMatching(heading)]);
  await session.picture(`screens/light${nameOf(path)}`, page);
  expect(await findBarriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  await session.picture(`screens/dark${nameOf(path)}`, page);
  expect(await findBarriers(page), "in dark").toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 800 });
  await settled(page);
  await session.picture(`screens/phone${nameOf(path)}`, page);
  const overhang = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
  expect(overhang, "the page is not wider than the phone").toBeLessThanOrEqual(0);
});
