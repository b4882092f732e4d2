import { pathToFileURL } from 'node:url';
import { instructions, tool, wireInput } from '../scenarios.mjs';

export const load = ({ built }) => import(pathToFileURL(built).href);

export function open(client, { base, history, onText }) {
  const http = client.createHttp();
  const bearer = { credentialId: 'c', accountId: 'a', accessToken: 't' };
  const request = {
    model: { slug: 'gpt-5.5', lite: false, supportsVerbosity: true, defaultVerbosity: 'low' },
    instructions,
    input: wireInput(history),
    tools: [tool],
    sessionId: '00000000-0000-4000-8000-000000000000',
  };
  const responses = client.createResponses({
    http: http.request,
    tokenProvider: { getToken: async () => bearer, replaceRejected: async () => bearer },
    baseUrl: () => base,
    identity: { originator: 'codex_chat', userAgent: 'codex_chat/bench' },
    clock: client.systemClock,
    random: Math.random,
    log: client.silentLog,
  });
  /** Key of the part that grows, where it is text. */
  let textKey;
  const emit = (event) => {
    if (event.type === 'append') {
      if (event.key === textKey) onText(event.text);
    } else if (event.type === 'put' && event.part.kind === 'text' && !event.final) {
      textKey = event.part.key;
      onText(event.part.text);
    }
  };
  return {
    async run() {
      const answer = await responses.stream(request, emit, new AbortController().signal);
      const items = answer.items.filter(({ type }) => type === 'function_call');
      const messages = answer.items.filter(({ type }) => type === 'message');
      return {
        text: messages.flatMap(({ content }) => content.map(({ text }) => text)).join(''),
        args: items[0] && JSON.parse(items[0].arguments),
      };
    },
    close: () => http.close(),
  };
}
