// `npm run generate`, second half: writes docs/relying-parties.md. Everything before its first library is
// kept as it is in the file.
import { readFile, writeFile } from 'node:fs/promises';
import { relyingPartiesPage } from './relying-parties.ts';

const file = new URL('../../docs/relying-parties.md', import.meta.url);
await writeFile(file, relyingPartiesPage(await readFile(file, 'utf8')));
