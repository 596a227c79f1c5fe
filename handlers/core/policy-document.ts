import { record } from './parse.ts';
import type { Policy } from './policy.ts';
import { parseRules } from './rules-document.ts';
import { parseSettings } from './settings-document.ts';

/**
 * Reads the policy document with its rules, for whoever classifies.
 * @throws Error naming the path, what was expected and what came, when the text is not such a document.
 */
export function parsePolicy(documentText: string): Policy {
  const root = record(JSON.parse(documentText), 'policy document');
  return { ...parseSettings(documentText), rules: parseRules(root.rules) };
}
