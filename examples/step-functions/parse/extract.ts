/** What is wanted of a page. */
export interface Extract {
  readonly title: string | null;
  /** Absolute, without fragments, each once, in the order of the page. */
  readonly links: readonly string[];
  /** Words of the text, without scripts and styles. */
  readonly words: number;
}

const MAX_LINKS = 200;

/** @param version of the parser: 1 has the bug that this example is about */
export function extract(html: string, url: string, version: 1 | 2): Extract {
  const text = html.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, ' ').replace(/<!--[\s\S]*?-->/g, ' ');
  return {
    title: version === 1 ? titleOf(text) : (titleOrNull(text) ?? null),
    links: linksIn(text, url),
    words: text.replace(/<[^>]*>/g, ' ').match(/\S+/g)?.length ?? 0,
  };
}

const TITLE = /<title\b[^>]*>([^<]*)<\/title\s*>/i;

/** The bug: it takes for granted that every page has a title. */
function titleOf(html: string): string {
  const title = TITLE.exec(html)?.[1] as string;
  return title.trim();
}

const titleOrNull = (html: string) => TITLE.exec(html)?.[1]?.trim();

function linksIn(html: string, base: string): string[] {
  const links = new Set<string>();
  for (const [, quoted, single, bare] of html.matchAll(
    /<a\b[^>]*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi,
  )) {
    const href = (quoted ?? single ?? bare ?? '').replaceAll('&amp;', '&');
    if (!URL.canParse(href, base)) continue;
    const link = new URL(href, base);
    if (!/^https?:$/.test(link.protocol)) continue;
    link.hash = '';
    links.add(link.href);
    if (links.size === MAX_LINKS) break;
  }
  return [...links];
}
