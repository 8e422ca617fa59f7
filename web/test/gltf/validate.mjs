// node validate.mjs FILE.glb ... : fails on any error or warning of the official glTF validator.
import { readFileSync } from 'node:fs';
import validator from 'gltf-validator';

let failed = process.argv.length < 3;
for (const path of process.argv.slice(2)) {
  const report = await validator.validateBytes(new Uint8Array(readFileSync(path)));
  const found = report.issues.messages.filter((message) => message.severity <= 1);
  for (const { code, message, pointer } of found) console.log(`${path}: ${code}: ${message} (${pointer})`);
  if (found.length > 0) failed = true;
  console.log(`${path}: ${report.info.totalTriangleCount} triangles, ${found.length} errors and warnings`);
}
process.exit(failed ? 1 : 0);
