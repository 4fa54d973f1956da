// The packages are two folders above. Without a root the bundler watches the whole repository.
import { join } from 'node:path';

export default { devIndicators: false, turbopack: { root: join(import.meta.dirname, '../..') } };
