# PowerShell completion for keyturn; made by `npm run generate` from the command tree; do not edit
Register-ArgumentCompleter -Native -CommandName keyturn -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $places = @{
    '' = @('login', 'logout', 'whoami', 'profiles', 'providers', 'tokens', 'keys', 'projects', 'credentials', 'rotations', 'plan', 'apply', 'run', 'helper', 'audit', 'sandbox', 'doctor', 'completion', 'help', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'login' = @('errova', 'devo', 'prefactor', 'bluebricks', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'login errova' = @('--org', '--url', '--with-token', '--token-file', '--session', '--name', '--scope', '--token-id', '--save-as', '--old', '--store', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'login devo' = @('--region', '--domain', '--url', '--with-token', '--token-file', '--token-id', '--save-as', '--old', '--store', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'login prefactor' = @('--account-id', '--url', '--with-token', '--token-file', '--from-cli', '--cli-file', '--token-id', '--save-as', '--old', '--store', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'login bluebricks' = @('--url', '--with-token', '--token-file', '--from-cli', '--cli-file', '--token-id', '--save-as', '--old', '--store', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'logout' = @('--revoke', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'whoami' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'profiles' = @('list', 'use', 'show', 'rename', 'remove', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'profiles list' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'profiles use' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'profiles show' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'profiles rename' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'profiles remove' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'providers' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'tokens' = @('create', 'list', 'get', 'rotate', 'revoke', 'delete', 'enable', 'disable', 'rename', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'tokens create' = @('--name', '--scope', '--expires-in', '--expires-at', '--user', '--audience', '--token-scope', '--account-id', '--environment-id', '--agent-id', '--session', '--save', '--to', '--print', '--force', '--dry-run', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'tokens list' = @('--status', '--expiring-within', '--due-within', '--older-than', '--unused-for', '--limit', '--sort', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'tokens get' = @('--print', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'tokens rotate' = @('--old', '--if-expiring-within', '--allow-self', '--session', '--name', '--scope', '--expires-in', '--expires-at', '--user', '--audience', '--token-scope', '--account-id', '--environment-id', '--agent-id', '--all', '--expiring-within', '--due-within', '--older-than', '--unused-for', '--max', '--concurrency', '--max-failures', '--save', '--to', '--print', '--force', '--dry-run', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'tokens revoke' = @('--dry-run', '--allow-self', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'tokens delete' = @('--dry-run', '--allow-self', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'tokens enable' = @('--dry-run', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'tokens disable' = @('--dry-run', '--allow-self', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'tokens rename' = @('--dry-run', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'keys' = @('create', 'list', 'expire', 'rotate', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'keys create' = @('--project', '--name', '--type', '--save', '--to', '--print', '--force', '--dry-run', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'keys list' = @('--project', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'keys expire' = @('--project', '--in', '--at', '--dry-run', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'keys rotate' = @('--project', '--save', '--to', '--print', '--force', '--dry-run', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'projects' = @('create', 'list', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'projects create' = @('--name', '--platform', '--environment', '--dry-run', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'projects list' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'credentials' = @('list', 'get', 'import', 'remove', 'export', 'migrate', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'credentials list' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'credentials get' = @('--print', '--allow-managing', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'credentials import' = @('--token-file', '--origin', '--token-id', '--store', '--force', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'credentials remove' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'credentials export' = @('--format', '--allow-managing', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'credentials migrate' = @('--from', '--to', '--dry-run', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'rotations' = @('list', 'show', 'resume', 'abort', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'rotations list' = @('--all', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'rotations show' = @('--print-answer', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'rotations resume' = @('--all', '--now', '--accept-differences', '--save', '--to', '--print', '--force', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'rotations abort' = @('--keep-new', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'plan' = @('--exit-code', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'apply' = @('--max', '--allow-exec', '--allow-outside', '--allow-self', '--allow-managing', '--dry-run', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'run' = @('--env', '--allow-managing', '--mask', '--no-mask', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'helper' = @('git', 'docker', 'exec', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'helper git' = @('--credential', '--host', '--allow-managing', '--username', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'helper docker' = @('--credential', '--host', '--allow-managing', '--username', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'helper exec' = @('--credential', '--host', '--allow-managing', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'audit' = @('list', 'verify', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'audit list' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'audit verify' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'sandbox' = @('--port', '--latency', '--fault', '--state', '--seed-tokens', '--assume', '--devo-domain', '--errova-bearer-create', '--devo-create-returns-token', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'doctor' = @('--offline', '--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'completion' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
    'help' = @('--profile', '--provider', '--output', '--json', '--quiet', '--verbose', '--yes', '--no-input', '--no-color', '--timeout', '--help')
  }
  $offers = @{
    'login errova --old' = @('now', 'keep')
    'login errova --store' = @('keychain', 'passphrase', 'file')
    'login devo --region' = @('us', 'eu', 'ca', 'apac', 'es')
    'login devo --old' = @('now', 'keep')
    'login devo --store' = @('keychain', 'passphrase', 'file')
    'login prefactor --old' = @('now', 'keep')
    'login prefactor --store' = @('keychain', 'passphrase', 'file')
    'login bluebricks --old' = @('now', 'keep')
    'login bluebricks --store' = @('keychain', 'passphrase', 'file')
    'logout ARGUMENT' = { keyturn profiles list -o name --quiet --no-input 2>$null }
    'profiles use ARGUMENT' = { keyturn profiles list -o name --quiet --no-input 2>$null }
    'profiles show ARGUMENT' = { keyturn profiles list -o name --quiet --no-input 2>$null }
    'profiles rename ARGUMENT' = { keyturn profiles list -o name --quiet --no-input 2>$null }
    'profiles remove ARGUMENT' = { keyturn profiles list -o name --quiet --no-input 2>$null }
    'providers ARGUMENT' = @('errova', 'devo', 'prefactor', 'bluebricks')
    'tokens list --status' = @('active', 'disabled', 'expired', 'revoked')
    'tokens list --sort' = @('name', 'created', 'expires', 'last-used')
    'tokens rotate --old' = @('now', 'keep')
    'keys create --type' = @('server_signed', 'browser_public')
    'credentials get ARGUMENT' = { keyturn credentials list -o name --quiet --no-input 2>$null }
    'credentials import --store' = @('keychain', 'passphrase', 'file')
    'credentials remove ARGUMENT' = { keyturn credentials list -o name --quiet --no-input 2>$null }
    'credentials export --format' = @('env', 'dotenv', 'json')
    'credentials export ARGUMENT' = { keyturn credentials list -o name --quiet --no-input 2>$null }
    'credentials migrate --from' = @('keychain', 'passphrase', 'file')
    'credentials migrate --to' = @('keychain', 'passphrase', 'file')
    'rotations show ARGUMENT' = { keyturn rotations list -o name --quiet --no-input 2>$null }
    'rotations resume ARGUMENT' = { keyturn rotations list -o name --quiet --no-input 2>$null }
    'rotations abort ARGUMENT' = { keyturn rotations list -o name --quiet --no-input 2>$null }
    'helper git --credential' = { keyturn credentials list -o name --quiet --no-input 2>$null }
    'helper git ARGUMENT' = @('get', 'store', 'erase')
    'helper docker --credential' = { keyturn credentials list -o name --quiet --no-input 2>$null }
    'helper docker ARGUMENT' = @('get', 'store', 'erase', 'list')
    'completion ARGUMENT' = @('bash', 'zsh', 'fish', 'powershell')
    'help ARGUMENT' = @('exit-codes', 'environment', 'output')
    '* -p' = { keyturn profiles list -o name --quiet --no-input 2>$null }
    '* --profile' = { keyturn profiles list -o name --quiet --no-input 2>$null }
    '* --provider' = @('errova', 'devo', 'prefactor', 'bluebricks')
    '* -o' = @('human', 'tsv', 'json', 'yaml', 'ndjson', 'name')
    '* --output' = @('human', 'tsv', 'json', 'yaml', 'ndjson', 'name')
  }
  $valued = @('--account-id', '--agent-id', '--assume', '--at', '--audience', '--cli-file', '--concurrency', '--credential', '--devo-domain', '--domain', '--due-within', '--env', '--environment', '--environment-id', '--expires-at', '--expires-in', '--expiring-within', '--fault', '--format', '--from', '--host', '--if-expiring-within', '--in', '--latency', '--limit', '--max', '--max-failures', '--name', '--old', '--older-than', '--org', '--origin', '--output', '--platform', '--port', '--profile', '--project', '--provider', '--region', '--save-as', '--scope', '--seed-tokens', '--sort', '--state', '--status', '--store', '--timeout', '--to', '--token-file', '--token-id', '--token-scope', '--type', '--unused-for', '--url', '--user', '--username', '-o', '-p')
  $variadic = @('credentials export', 'help')
  $place = ''
  $option = ''
  $count = 0
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    $word = $element.ToString()
    if ($option -ne '') { $option = ''; continue }
    if ($word.StartsWith('-')) { if ($valued -contains $word) { $option = $word }; continue }
    $next = "$place $word".Trim()
    if ($places.ContainsKey($next)) { $place = $next } else { $count += 1 }
  }
  $words = @()
  if ($option -eq '') {
    $words = $places[$place]
    if ($count -eq 0 -or $variadic -contains $place) { $option = 'ARGUMENT' }
  }
  $offer = $offers["$place $option"]
  if ($null -eq $offer) { $offer = $offers["* $option"] }
  if ($offer -is [scriptblock]) { $offer = & $offer }
  @($offer) + @($words) | Where-Object { $_ -and $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
