import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  discovery,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type Configuration,
} from "openid-client";
import type { SignIn } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ExternalUser } from "./admit-external.ts";
import type { OidcSettings } from "./auth-settings.ts";

/** Where the provider sends browsers back to. */
const OIDC_CALLBACK = "/api/millrace/v1/session/oidc/callback";

/** An OpenID provider: authorization code with PKCE, state and nonce. */
export interface OidcProvider {
  /** @returns where to send the browser, and what must come back. @throws Problem 503 when the provider does not answer */
  begin(returnTo: string): Promise<{ readonly url: string; readonly signIn: SignIn }>;
  /** @param query what the provider sent. @throws Problem 401 when it does not fit, or the provider refuses */
  end(query: Readonly<Record<string, string | undefined>>, signIn: SignIn): Promise<ExternalUser>;
}

/** Makes the provider of the settings; it is asked about itself when somebody first logs in. */
export function makeOidcProvider(settings: OidcSettings): OidcProvider {
  const redirectUri = settings.publicUrl + OIDC_CALLBACK;
  let known: Promise<Configuration> | undefined;
  const configuration = async (): Promise<Configuration> => {
    known ??= discover(settings);
    try {
      return await known;
    } catch (cause) {
      known = undefined;
      throw new Problem(503, { detail: "the OpenID provider does not answer", cause });
    }
  };
  return {
    begin: async (returnTo) => {
      const signIn = {
        state: randomState(),
        nonce: randomNonce(),
        codeVerifier: randomPKCECodeVerifier(),
        returnTo,
      };
      const url = buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: settings.scopes.join(" "),
        state: signIn.state,
        nonce: signIn.nonce,
        code_challenge: await calculatePKCECodeChallenge(signIn.codeVerifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, signIn };
    },
    end: async (query, { state, nonce, codeVerifier }) => {
      const config = await configuration();
      const url = new URL(redirectUri);
      for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
      return userOf(await claimsOf(config, url, { state, nonce, codeVerifier }), settings);
    },
  };
}

type Claims = Readonly<Record<string, unknown>>;

async function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<Configuration> {
  const url = new URL(issuer);
  return await discovery(url, clientId, clientSecret, clientSecret === undefined ? None() : ClientSecretBasic(), {
    // The configuration lets only providers on this machine be without TLS.
    ...(url.protocol === "http:" && { execute: [allowInsecureRequests] }),
    timeout: 10,
  });
}

async function claimsOf(
  config: Configuration,
  url: URL,
  { state, nonce, codeVerifier }: Omit<SignIn, "returnTo">,
): Promise<Claims> {
  try {
    const tokens = await authorizationCodeGrant(config, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: codeVerifier,
      idTokenExpected: true,
    });
    const claims: Claims = tokens.claims() ?? {};
    const { userinfo_endpoint: endpoint } = config.serverMetadata();
    if (endpoint === undefined || typeof claims["sub"] !== "string") return claims;
    return { ...(await fetchUserInfo(config, tokens.access_token, claims["sub"])), ...claims };
  } catch (cause) {
    // What is wrong with it (another state, an old code, a forged token) helps attackers only; it is in the log of the provider.
    throw new Problem(401, { detail: "the login through the OpenID provider did not succeed; begin again", cause });
  }
}

/** @throws Problem 401 when the provider does not say who it is */
function userOf(claims: Claims, { usernameClaim, groupsClaim }: OidcSettings): ExternalUser {
  const username = claimAt(claims, usernameClaim);
  if (typeof username !== "string" || username === "")
    throw new Problem(401, { detail: `the OpenID provider does not say ${usernameClaim}` });
  const { email, email_verified: isVerified } = claims;
  const groups = claimAt(claims, groupsClaim);
  return {
    origin: "oidc",
    username,
    firstName: textOf(claims["given_name"]),
    lastName: textOf(claims["family_name"]),
    groups: (Array.isArray(groups) ? groups : [groups]).filter((group) => typeof group === "string"),
    ...(typeof email === "string" && isVerified !== false && { email }),
  };
}

function claimAt(claims: Claims, path: string): unknown {
  // Claims may have points in their names themselves, like those that are URLs.
  if (Object.hasOwn(claims, path)) return claims[path];
  let at: unknown = claims;
  for (const part of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Claims)[part];
  }
  return at;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
