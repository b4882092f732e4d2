import type * as vscode from 'vscode';
import { Disposables } from './base/disposables.ts';
import { layGround } from './parts/ground.ts';
import { createAccess } from './parts/access.ts';
import { createService } from './parts/service.ts';
import { createTalk } from './parts/talk.ts';
import { show } from './parts/show.ts';

/** Builds every part once and joins them. Nothing here asks the network for anything. */
export function activate(context: vscode.ExtensionContext): void {
  const lifetime = new Disposables();
  context.subscriptions.push(lifetime);
  const ground = layGround(context, lifetime);
  const access = createAccess(ground);
  const service = createService(ground, access);
  const talk = createTalk(ground, access, service);
  show(ground, access, service, talk);
}
