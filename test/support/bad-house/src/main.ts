// depcruise: main-starts-the-app
import { inner } from './routing/index.ts';

process.stdout.write(`${inner} ${process.env.HOME} ${process.argv.length}`);
