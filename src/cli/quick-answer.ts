import { TOP_HELP } from './top-help.ts';
import { VERSION } from './version.ts';

/**
 * What `--version` and the top `--help` print, where nothing has to be loaded or computed for it; null for everything else.
 * `columns` is the width of the terminal, 80 where there is none.
 */
export function quickAnswer(argv: readonly string[], columns: () => number): string | null {
  const [word = '--help', ...more] = argv;
  if (more.length > 0) return null;
  if (word === '--version' || word === '-V') return `${VERSION}\n`;
  if (word !== '--help' && word !== '-h') return null;
  const width = Math.min(columns(), 100);
  return TOP_HELP.find(({ least, most }) => least <= width && width <= most)?.text ?? null;
}
