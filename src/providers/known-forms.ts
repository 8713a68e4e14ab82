import { AppError } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { refuseMask } from '../domain/secret-input.ts';
import type { Provider } from '../ports/provider.ts';
import { isFields, pick } from './decode.ts';
import { readJwtClaims } from './jwt.ts';

/** A form of secret that its vendor publishes: what has it belongs to that vendor, and is sent to no other. */
interface KnownForm {
  readonly form: RegExp;
  /** `a token of GitHub` */
  readonly what: string;
  /** The vendors of keyturn's own that the form belongs to; none for a vendor that keyturn does not drive. */
  readonly of?: readonly string[];
}

const JWT: KnownForm = {
  form: /^eyJ[\w-]*(?:\.[\w-]*){2,4}$/,
  what: 'a JWT (of Prefactor, or a session of Bluebricks)',
  of: ['prefactor', 'bluebricks'],
};

/**
 * The published forms of the four vendors' secrets, and of secrets that lie in the same places (CI variables, `.env` files) and
 * are taken for them by mistake. A vendor without a published form (an opaque token) is not in here.
 */
const FORMS: readonly KnownForm[] = [
  { form: /^bbx_/i, what: 'an API token of Bluebricks', of: ['bluebricks'] },
  { form: /^(?:ert|erv)_/i, what: 'a token of Errova', of: ['errova'] },
  { form: /^pf_/i, what: 'an SDK key of Prefactor', of: ['prefactor'] },
  { form: /^[0-9a-f]{32}$/i, what: 'a token of Devo (32 hexadecimal digits)', of: ['devo'] },
  JWT,
  { form: /^(?:gh[opsur]_|github_pat_|v1\.[0-9a-f]{40}$)/i, what: 'a token of GitHub' },
  { form: /^(?:gl(?:pat|dt|rt|ptt|cbt|ft|soat|agent|imt|oas)-|GR1348941)/i, what: 'a token of GitLab' },
  { form: /^sk-ant-/i, what: 'a key of Anthropic' },
  { form: /^sk-/i, what: 'a key of OpenAI, or of a service like it' },
  { form: /^(?:(?:sk|rk|pk)_(?:live|test)_|whsec_)/i, what: 'a key of Stripe' },
  { form: /^(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}$/, what: 'a key of AWS' },
  { form: /^(?:xox[a-z](?:\.[a-z]+)?-|xapp-|xwfp-)/i, what: 'a token of Slack' },
  { form: /^(?:AIza[\w-]{20,}$|ya29\.|GOCSPX-)/, what: 'a credential of Google' },
  { form: /^(?:hv[sbr]\.|[sbr]\.[A-Za-z0-9]{24}$)/, what: 'a token of Vault' },
  { form: /^npm_/i, what: 'a token of npm' },
  { form: /^pypi-/i, what: 'a token of PyPI' },
  { form: /^rubygems_/i, what: 'a key of RubyGems' },
  { form: /^dckr_[po]at_/i, what: 'a token of Docker' },
  { form: /^hf_/i, what: 'a token of Hugging Face' },
  { form: /^do[por]_v1_/i, what: 'a token of DigitalOcean' },
  { form: /^dapi[0-9a-f]{32}/i, what: 'a token of Databricks' },
  { form: /^shp(?:at|ca|pa|ss)_/i, what: 'a token of Shopify' },
  { form: /^SG\.[\w-]{10,}\./, what: 'a key of SendGrid' },
  { form: /^(?:glsa|glc)_/i, what: 'a token of Grafana' },
  { form: /^sntry[su]_/i, what: 'a token of Sentry' },
  { form: /^(?:ATATT3x|ATCTT3x|ATBB[A-Za-z0-9]{20})/, what: 'a token of Atlassian' },
  { form: /^lin_(?:api|oauth)_/i, what: 'a key of Linear' },
  { form: /^dp\.(?:pt|st|ct|sa|scim|audit)\./i, what: 'a token of Doppler' },
  { form: /^ops_eyJ/, what: 'a token of 1Password' },
  { form: /\.atlasv1\./, what: 'a token of Terraform Cloud' },
  { form: /^pul-[0-9a-f]{40}$/i, what: 'a token of Pulumi' },
  {
    form: /^(?:PMAK-|figd_|bkua_|tskey-|NRAK-|CCIPAT_|nfp_|AGE-SECRET-KEY-)/i,
    what: 'a key of another service',
  },
];

/** Hosts in the `iss` of a JWT, and whose JWT it is then. */
const ISSUERS: readonly { readonly host: RegExp; readonly what: string; readonly of?: string }[] = [
  { host: /(?:^|\.)bluebricks\.co$/, what: 'a session of Bluebricks', of: 'bluebricks' },
  { host: /(?:^|\.)prefactor\.(?:ai|tech|dev|com|io)$/, what: 'a token of Prefactor', of: 'prefactor' },
  { host: /(?:^|\.)githubusercontent\.com$/, what: 'a token of GitHub Actions' },
  { host: /(?:^|\.)gitlab\.com$/, what: 'a token of a GitLab job' },
  { host: /(?:^|\.)(?:google|googleapis)\.com$/, what: 'a token of Google' },
  { host: /(?:^|\.)(?:windows\.net|microsoftonline\.com)$/, what: 'a token of Microsoft' },
  { host: /(?:^|\.)amazonaws\.com$/, what: 'a token of AWS' },
  { host: /(?:^|\.)kubernetes\.default\.svc(?:\.|$)/, what: 'a token of a Kubernetes service account' },
];

export interface Vendor extends Pick<Provider, 'id' | 'title'> {
  /** Whether the vendor's credential is a JWT. */
  readonly takesJwt: boolean;
  /** Whether the secret begins as the vendor's own do. */
  readonly isOwn?: (value: string) => boolean;
}

/**
 * Refuses what is no secret (a mask), and a secret in the published form of another vendor's: it was put into the wrong
 * variable, and the first request would hand it to a stranger. The secret is never repeated.
 */
export function checkForm(secret: Secret, vendor: Vendor): void {
  refuseMask(secret);
  const foreign = findForeign(secret, vendor);
  if (foreign === null) return;
  throw new AppError({
    code: 'auth',
    message: `the credential is ${foreign}, and is not sent to ${vendor.title}`,
    hint: `hand over a credential of ${vendor.title}, or name the right provider: see \`keyturn providers\``,
    provider: vendor.id,
  });
}

function findForeign(secret: Secret, { id: vendor, takesJwt, isOwn }: Vendor): string | null {
  const value = secret.reveal();
  const known = FORMS.find(({ form }) => form.test(value));
  const isClaimed = (takesJwt && known === JWT) || isOwn?.(value) === true;
  if (known && !isClaimed && !known.of?.includes(vendor)) return known.what;
  const claims = readJwtClaims(secret);
  if (claims === null) return null;
  if (!takesJwt) return 'a JWT, which this vendor does not issue';
  // The account in `_.a` is in Prefactor's own tokens (github.com/prefactordev/typescript-sdk).
  const nested = pick(claims, ['_']);
  if (vendor === 'bluebricks' && isFields(nested) && pick(nested, ['a']) !== undefined)
    return 'a token of Prefactor';
  const issuer = ISSUERS.find(({ host }) => host.test(hostOf(pick(claims, ['iss']))));
  return issuer && issuer.of !== vendor ? issuer.what : null;
}

/** Issuers are written as an address or as a bare host. */
function hostOf(issuer: unknown): string {
  if (typeof issuer !== 'string') return '';
  const address = issuer.includes('://') ? issuer : `https://${issuer}`;
  return URL.canParse(address) ? new URL(address).hostname : '';
}
