import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { bundlePath, bundleText } from '../support/messages.ts';

mkdirSync(dirname(bundlePath), { recursive: true });
writeFileSync(bundlePath, bundleText());
