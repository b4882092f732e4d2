import { beforeEach, describe, expect, test, vi } from 'vitest';
import { plainNetwork } from '../../../src/base/network.ts';

interface Inspected {
  defaultValue?: unknown;
  globalValue?: unknown;
  workspaceValue?: unknown;
  workspaceFolderValue?: unknown;
}

const editor = vi.hoisted(() => ({
  http: {} as Record<string, Inspected>,
  listeners: [] as ((event: { affectsConfiguration(name: string): boolean }) => void)[],
}));

vi.mock('vscode', () => ({
  workspace: {
    getConfiguration: (section: string) => ({
      inspect: (name: string) => (section === 'http' ? editor.http[name] : undefined),
      get(name: string) {
        const { defaultValue, globalValue, workspaceValue } = editor.http[name] ?? {};
        return workspaceValue ?? globalValue ?? defaultValue;
      },
    }),
    onDidChangeConfiguration(listener: (typeof editor.listeners)[number]) {
      editor.listeners.push(listener);
      return { dispose: () => void editor.listeners.splice(0) };
    },
  },
}));

const { createNetwork } = await import('../../../src/vscode/network.ts');

beforeEach(() => {
  editor.http = {};
  editor.listeners = [];
});

describe('the network settings of the editor', () => {
  test('are the plain ones where nothing is set or the values make no sense', () => {
    expect(createNetwork().network()).toEqual(plainNetwork);
    editor.http = Object.fromEntries(
      ['proxy', 'noProxy', 'proxyAuthorization', 'proxySupport', 'proxyStrictSSL'].map((name) => [
        name,
        { globalValue: { no: 'sense' } },
      ]),
    );
    expect(createNetwork().network()).toEqual(plainNetwork);
  });

  test('are read anew each time', () => {
    const { network } = createNetwork();
    expect(network().proxy).toBe('');
    editor.http = {
      proxy: { globalValue: 'http://p:1' },
      noProxy: { globalValue: ['a.com'] },
      proxyAuthorization: { defaultValue: null, globalValue: 'Basic x' },
      proxySupport: { defaultValue: 'override', globalValue: 'off' },
      proxyStrictSSL: { defaultValue: true, globalValue: false },
      systemCertificates: { defaultValue: true, globalValue: false },
    };
    expect(network()).toEqual({
      proxy: 'http://p:1',
      noProxy: ['a.com'],
      proxyAuthorization: 'Basic x',
      proxySupport: 'off',
      strictSsl: false,
      systemCertificates: false,
    });
  });

  test('never come from a folder that was opened', () => {
    editor.http = {
      proxy: { defaultValue: '', workspaceValue: 'http://evil:1' },
      proxyStrictSSL: { defaultValue: true, globalValue: true, workspaceValue: false },
      noProxy: { globalValue: ['a.com'], workspaceFolderValue: ['*'], workspaceValue: ['*'] },
    };
    expect(createNetwork().network()).toMatchObject({
      proxy: '',
      strictSsl: true,
      noProxy: ['a.com'],
    });
  });

  test('tell of their own changes and of no others, until disposed', () => {
    const network = createNetwork();
    const heard = vi.fn();
    network.onDidChangeNetwork(heard);
    const change = (changed: string) => {
      for (const listener of editor.listeners) {
        listener({ affectsConfiguration: (name) => name === changed });
      }
    };
    change('editor.fontSize');
    change('http.fetchAdditionalSupport');
    expect(heard).not.toHaveBeenCalled();
    change('http.proxy');
    change('http.systemCertificates');
    expect(heard).toHaveBeenCalledTimes(2);
    network.dispose();
    change('http.proxy');
    expect(heard).toHaveBeenCalledTimes(2);
  });
});
