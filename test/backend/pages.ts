import type { Account } from './accounts.ts';

export function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? '&#39;',
  );
}

/** All forms post to the page itself, so the pages work under any path prefix of a proxy. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="badge">Practice backend</p>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>`;
}

export function authorizePage(view: {
  client: string;
  scopes: readonly string[];
  accounts: readonly Account[];
  hint?: string;
}): string {
  const chosen = view.accounts.find(({ email }) => email === view.hint) ?? view.accounts[0];
  return page(
    'Sign in',
    `<p>This is the <strong>practice issuer</strong> on your own machine. It stands in for the real
sign-in page: no password is asked for, and no real account is touched.</p>
<p><strong>${escapeHtml(view.client)}</strong> would like to use Codex in your name.</p>
<form method="post">
<fieldset>
<legend>Account</legend>
${accountChoices(view.accounts, chosen)}
</fieldset>
<details><summary>What it asks for</summary><ul>${view.scopes
      .map((name) => `<li><code>${escapeHtml(name)}</code></li>`)
      .join('')}</ul></details>
<p class="buttons">
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny" class="quiet">Deny</button>
</p>
</form>`,
  );
}

export function devicePage(view: { accounts: readonly Account[]; code: string; problem?: string }) {
  return page(
    'Connect a device',
    `<p>This is the <strong>practice issuer</strong> on your own machine. Type the code that the
editor shows. Type it only if you asked for it yourself.</p>
${view.problem === undefined ? '' : `<p role="alert" class="problem">${escapeHtml(view.problem)}</p>`}
<form method="post">
<p><label>Code<br><input name="user_code" value="${escapeHtml(view.code)}" autocomplete="off"
 autocapitalize="characters" spellcheck="false" required></label></p>
<fieldset>
<legend>Account</legend>
${accountChoices(view.accounts, view.accounts[0])}
</fieldset>
<p class="buttons">
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny" class="quiet">Deny</button>
</p>
</form>`,
  );
}

export function messagePage(title: string, message: string): string {
  return page(title, `<p>${escapeHtml(message)}</p>`);
}

function accountChoices(accounts: readonly Account[], chosen: Account | undefined): string {
  return accounts
    .map(
      (account) => `<label class="account"><input type="radio" name="account" required
 value="${escapeHtml(account.email)}"${account === chosen ? ' checked' : ''}>
<span><strong>${escapeHtml(account.name)}</strong> ${escapeHtml(account.email)}<br>
<small>${escapeHtml(account.plan)} plan${account.codex ? '' : ', without Codex'}</small></span></label>`,
    )
    .join('\n');
}

const style = `
:root { color-scheme: light dark; --line: #8885; --accent: #0b6e4f; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 5vh 1rem; }
main { max-width: 34rem; margin: auto; border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem 2rem 2rem; }
h1 { font-size: 1.5rem; margin: .25rem 0 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.badge { display: inline-block; margin: 0; padding: .1rem .6rem; border-radius: 1rem; font-size: .8rem; background: #b4690e; color: #fff; }
fieldset { border: 0; margin: 1rem 0; padding: 0; }
legend { font-weight: 600; margin-bottom: .5rem; }
.account { display: flex; gap: .75rem; align-items: center; border: 1px solid var(--line); border-radius: 8px; padding: .5rem .75rem; margin-bottom: .5rem; }
.account:has(:checked) { border-color: var(--accent); outline: 1px solid var(--accent); }
.buttons { display: flex; gap: .75rem; margin: 1.25rem 0 0; flex-wrap: wrap; }
button { font: inherit; padding: .5rem 1.25rem; border: 1px solid var(--accent); border-radius: 8px; background: var(--accent); color: #fff; cursor: pointer; }
button.quiet { background: transparent; color: inherit; border-color: var(--line); }
button:focus-visible, input:focus-visible, select:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
input:not([type=radio]), select { font: inherit; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: 8px; background: transparent; color: inherit; max-width: 100%; box-sizing: border-box; }
.problem { color: #c0392b; }
form.row { display: flex; gap: .5rem; flex-wrap: wrap; align-items: end; margin: .5rem 0; }
form.row label { display: grid; font-size: .85rem; min-width: 0; max-width: 100%; }
form.row select { width: 100%; text-overflow: ellipsis; }
form.row strong { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
td, th { text-align: left; border-bottom: 1px solid var(--line); padding: .25rem .5rem .25rem 0; }
`;
