const names =
  /^(?:\.env(?:\..+)?|\.envrc|\.npmrc|\.pypirc|\.netrc|_netrc|\.pgpass|\.git-credentials|\.htpasswd|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|(?:secrets?|credentials?)(?:\.(?:json|ya?ml|toml|ini|txt|env))?|service[-_]?account.*\.json|auth\.json|.*\.tfstate(?:\.backup)?|.*\.tfvars)$/i;
const endings = /\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|p8|asc|gpg|ovpn)$/i;
const folders = /(?:^|\/)(?:\.ssh|\.gnupg|\.aws|\.azure|\.kube|\.docker|\.config\/gcloud)\//i;
const harmless = /^\.env\.(?:example|sample|template|dist|defaults?)$/i;

/** Whether a file of this path often holds passwords, tokens or keys. Separators are `/`. */
export function looksSecret(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (harmless.test(name)) return false;
  return names.test(name) || endings.test(name) || folders.test(path);
}
