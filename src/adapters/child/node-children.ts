import type { Children } from '../../ports/child.ts';
import { attach } from './attach.ts';
import { capture } from './capture.ts';
import type { HostProcess } from './host-process.ts';
import { locateCommand } from './locate.ts';

/** Other programs, on `node:child_process`. */
export function createNodeChildren(host: HostProcess, platform: NodeJS.Platform): Children {
  return {
    locate: (command, env) => locateCommand(command, env, platform),
    async capture(request) {
      const located = await locateCommand(request.command, request.env, platform);
      if (located.kind === 'found') return capture(platform, located.path, request);
      return { end: located, stdout: new Uint8Array(), stderr: new Uint8Array() };
    },
    async attach(request) {
      const located = await locateCommand(request.command, request.env, platform);
      return located.kind === 'found' ? attach(host, platform, located.path, request) : located;
    },
  };
}
