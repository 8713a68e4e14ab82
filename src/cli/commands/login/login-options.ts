import { STORE_KINDS } from '../../../domain/credential.ts';
import type { Provider } from '../../../ports/provider.ts';
import type { OptionSpec } from '../../arguments/specs.ts';

/** What `login PROVIDER` takes: the provider's own settings, and the ways in that it has. */
export function loginOptions(provider: Provider): readonly OptionSpec[] {
  return [
    ...provider.settings.map((setting) => ({
      flags: `--${setting.name} <${setting.placeholder}>`,
      about: `${setting.about}${setting.choices ? `: ${setting.choices.join(', ')}` : ''}${setting.required ? '' : ' (optional)'}`,
      ...(setting.choices && { values: setting.choices }),
    })),
    { flags: '--url <origin>', about: 'an address other than the vendor’s own: a proxy, a sandbox' },
    { flags: '--with-token', about: 'read the credential from standard input' },
    { flags: '--token-file <path>', about: 'read the credential from a file or a pipe; - is standard input' },
    ...(provider.auth.some((scheme) => scheme.id === 'session') ? sessionOptions(provider) : []),
    ...(provider.credential.vendorCli === undefined
      ? []
      : [
          { flags: '--from-cli', about: 'use the session of the vendor’s own command, in place' },
          {
            flags: '--cli-file <path>',
            about: 'with --from-cli: the file of that session (default: where the vendor’s command looks)',
          },
        ]),
    {
      flags: '--token-id <id>',
      about: 'the id of the credential at the provider, if the credential does not contain it',
    },
    {
      flags: '--save-as <name>',
      about: 'the name to save the credential under (default: the profile’s name)',
    },
    {
      flags: '--old <fate>',
      about:
        'now or keep: whether the profile’s current token is ended (default: ask on a terminal, else keep)',
      values: ['now', 'keep'],
    },
    {
      flags: '--store <store>',
      about: 'keychain, passphrase or file: how a new credentials file stores secrets (default: keychain)',
      values: STORE_KINDS,
    },
  ];
}

function sessionOptions(provider: Provider): readonly OptionSpec[] {
  return [
    {
      flags: '--session',
      about:
        'create a machine token with a browser session’s cookie (stdin or a prompt), and forget the cookie',
    },
    {
      flags: '--name <name>',
      about: 'with --session: the name of the machine token (default: keyturn@<host>)',
    },
    {
      flags: '--scope <scope...>',
      about: `with --session: its scopes (default: ${provider.credential.sessionScopes?.join(' ')}, which changes need)`,
    },
  ];
}
