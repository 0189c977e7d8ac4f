import Bowser from 'bowser';

// What a session keeps of a user agent at most; the parser's work is bounded by it.
const LENGTH_MAX = 512;
const BROWSERS: ReadonlySet<string> = new Set(Object.values(Bowser.BROWSER_MAP));
const SYSTEMS: ReadonlySet<string> = new Set(Object.values(Bowser.OS_MAP));

/**
 * Says in words from what device a user agent is: "Firefox on Windows", "Firefox" or "Windows"; `undefined` where neither is known. Only names
 * that the parser's lists hold are said, because a client writes into its user agent whatever it likes. Does NOT prove anything: it is for people
 * who look through their sessions.
 */
export function describeDevice(userAgent: string | undefined): string | undefined {
  const text = userAgent?.slice(0, LENGTH_MAX);
  if (!text) return undefined;
  const { browser, os } = Bowser.parse(text);
  const words = [knownOf(BROWSERS, browser.name), knownOf(SYSTEMS, os.name)].filter(
    (word) => word !== undefined,
  );
  return words.length === 0 ? undefined : words.join(' on ');
}

function knownOf(names: ReadonlySet<string>, name: string | undefined): string | undefined {
  return name !== undefined && names.has(name) ? name : undefined;
}
