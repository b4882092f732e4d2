/** Client id of Codex at OpenAI's issuer (WIRE.md a). */
export const clientId = 'app_EMoamEEZ73f0CkXaXp7hrann';
/** Our own name to issuer and backend (WIRE.md b, Identity). */
export const originator = 'codex_chat';
export const scopes: readonly string[] = ['openid', 'profile', 'email', 'offline_access'];
