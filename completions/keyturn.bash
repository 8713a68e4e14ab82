# bash completion for keyturn; made by `npm run generate` from the command tree; do not edit
_keyturn() {
  local current="${COMP_WORDS[COMP_CWORD]}" path='' option='' word words='' place count=0
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n "$option" ]]; then
      # `--store=file` is three words here.
      [[ "$word" == '=' ]] || option=''
    elif [[ "$word" == -* ]]; then
      if _keyturn_valued "$word"; then option="$word"; fi
    elif _keyturn_known "${path:+$path }$word"; then
      path="${path:+$path }$word"
    else
      count=$((count + 1))
    fi
  done
  [[ "$current" == '=' ]] && current=''
  COMPREPLY=()
  if [[ -z "$option" ]]; then
    case "$path" in
    '') words='login logout whoami profiles providers tokens keys projects credentials rotations plan apply run helper audit sandbox doctor completion help --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'login') words='errova devo prefactor bluebricks --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'login errova') words='--org --url --with-token --token-file --session --name --scope --token-id --save-as --old --store --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'login devo') words='--region --domain --url --with-token --token-file --token-id --save-as --old --store --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'login prefactor') words='--account-id --url --with-token --token-file --from-cli --cli-file --token-id --save-as --old --store --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'login bluebricks') words='--url --with-token --token-file --from-cli --cli-file --token-id --save-as --old --store --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'logout') words='--revoke --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'whoami') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'profiles') words='list use show rename remove --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'profiles list') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'profiles use') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'profiles show') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'profiles rename') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'profiles remove') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'providers') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'tokens') words='create list get rotate revoke delete enable disable rename --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'tokens create') words='--name --scope --expires-in --expires-at --user --audience --token-scope --account-id --environment-id --agent-id --session --save --to --print --force --dry-run --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'tokens list') words='--status --expiring-within --due-within --older-than --unused-for --limit --sort --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'tokens get') words='--print --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'tokens rotate') words='--old --if-expiring-within --allow-self --session --name --scope --expires-in --expires-at --user --audience --token-scope --account-id --environment-id --agent-id --all --expiring-within --due-within --older-than --unused-for --max --concurrency --max-failures --save --to --print --force --dry-run --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'tokens revoke') words='--dry-run --allow-self --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'tokens delete') words='--dry-run --allow-self --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'tokens enable') words='--dry-run --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'tokens disable') words='--dry-run --allow-self --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'tokens rename') words='--dry-run --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'keys') words='create list expire rotate --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'keys create') words='--project --name --type --save --to --print --force --dry-run --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'keys list') words='--project --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'keys expire') words='--project --in --at --dry-run --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'keys rotate') words='--project --save --to --print --force --dry-run --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'projects') words='create list --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'projects create') words='--name --platform --environment --dry-run --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'projects list') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'credentials') words='list get import remove export migrate --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'credentials list') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'credentials get') words='--print --allow-managing --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'credentials import') words='--token-file --origin --token-id --store --force --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'credentials remove') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'credentials export') words='--format --allow-managing --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'credentials migrate') words='--from --to --dry-run --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'rotations') words='list show resume abort --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'rotations list') words='--all --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'rotations show') words='--print-answer --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'rotations resume') words='--all --now --accept-differences --save --to --print --force --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'rotations abort') words='--keep-new --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'plan') words='--exit-code --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'apply') words='--max --allow-exec --allow-outside --allow-self --allow-managing --dry-run --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'run') words='--env --allow-managing --mask --no-mask --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'helper') words='git docker exec --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'helper git') words='--credential --host --allow-managing --username --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'helper docker') words='--credential --host --allow-managing --username --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'helper exec') words='--credential --host --allow-managing --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'audit') words='list verify --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'audit list') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'audit verify') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'sandbox') words='--port --latency --fault --state --seed-tokens --assume --devo-domain --errova-bearer-create --devo-create-returns-token --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'doctor') words='--offline --profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'completion') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    'help') words='--profile --provider --output --json --quiet --verbose --yes --no-input --no-color --timeout --help' ;;
    esac
    for word in $words; do
      [[ "$word" == "$current"* ]] && COMPREPLY+=("$word")
    done
    [[ "$current" == -* ]] && return
    option='ARGUMENT'
    if (( count > 0 )) && ! _keyturn_variadic "$path"; then return; fi
  fi
  while IFS= read -r word; do
    [[ "$word" == "$current"* ]] && COMPREPLY+=("$word")
  done < <(_keyturn_offers "$path $option")
}
_keyturn_offers() {
  case "$1" in
    'login errova --old') printf '%s\n' now keep ;;
    'login errova --store') printf '%s\n' keychain passphrase file ;;
    'login devo --region') printf '%s\n' us eu ca apac es ;;
    'login devo --old') printf '%s\n' now keep ;;
    'login devo --store') printf '%s\n' keychain passphrase file ;;
    'login prefactor --old') printf '%s\n' now keep ;;
    'login prefactor --store') printf '%s\n' keychain passphrase file ;;
    'login bluebricks --old') printf '%s\n' now keep ;;
    'login bluebricks --store') printf '%s\n' keychain passphrase file ;;
    'logout ARGUMENT') command keyturn profiles list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'profiles use ARGUMENT') command keyturn profiles list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'profiles show ARGUMENT') command keyturn profiles list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'profiles rename ARGUMENT') command keyturn profiles list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'profiles remove ARGUMENT') command keyturn profiles list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'providers ARGUMENT') printf '%s\n' errova devo prefactor bluebricks ;;
    'tokens list --status') printf '%s\n' active disabled expired revoked ;;
    'tokens list --sort') printf '%s\n' name created expires last-used ;;
    'tokens rotate --old') printf '%s\n' now keep ;;
    'keys create --type') printf '%s\n' server_signed browser_public ;;
    'credentials get ARGUMENT') command keyturn credentials list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'credentials import --store') printf '%s\n' keychain passphrase file ;;
    'credentials remove ARGUMENT') command keyturn credentials list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'credentials export --format') printf '%s\n' env dotenv json ;;
    'credentials export ARGUMENT') command keyturn credentials list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'credentials migrate --from') printf '%s\n' keychain passphrase file ;;
    'credentials migrate --to') printf '%s\n' keychain passphrase file ;;
    'rotations show ARGUMENT') command keyturn rotations list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'rotations resume ARGUMENT') command keyturn rotations list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'rotations abort ARGUMENT') command keyturn rotations list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'helper git --credential') command keyturn credentials list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'helper git ARGUMENT') printf '%s\n' get store erase ;;
    'helper docker --credential') command keyturn credentials list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    'helper docker ARGUMENT') printf '%s\n' get store erase list ;;
    'completion ARGUMENT') printf '%s\n' bash zsh fish powershell ;;
    'help ARGUMENT') printf '%s\n' exit-codes environment output ;;
    *' -p'|*' --profile') command keyturn profiles list -o name --quiet --no-input 2>/dev/null </dev/null ;;
    *' --provider') printf '%s\n' errova devo prefactor bluebricks ;;
    *' -o'|*' --output') printf '%s\n' human tsv json yaml ndjson name ;;
  esac
}
_keyturn_valued() {
  case "$1" in
    --account-id|--agent-id|--assume|--at|--audience|--cli-file|--concurrency|--credential|--devo-domain|--domain|--due-within|--env|--environment|--environment-id|--expires-at|--expires-in|--expiring-within|--fault|--format|--from|--host|--if-expiring-within|--in|--latency|--limit|--max|--max-failures|--name|--old|--older-than|--org|--origin|--output|--platform|--port|--profile|--project|--provider|--region|--save-as|--scope|--seed-tokens|--sort|--state|--status|--store|--timeout|--to|--token-file|--token-id|--token-scope|--type|--unused-for|--url|--user|--username|-o|-p) return 0 ;;
  esac
  return 1
}
_keyturn_variadic() {
  case "$1" in
    'credentials export'|'help') return 0 ;;
  esac
  return 1
}
_keyturn_known() {
  case "$1" in
    'login'|'login errova'|'login devo'|'login prefactor'|'login bluebricks'|'logout'|'whoami'|'profiles'|'profiles list'|'profiles use'|'profiles show'|'profiles rename'|'profiles remove'|'providers'|'tokens'|'tokens create'|'tokens list'|'tokens get'|'tokens rotate'|'tokens revoke'|'tokens delete'|'tokens enable'|'tokens disable'|'tokens rename'|'keys'|'keys create'|'keys list'|'keys expire'|'keys rotate'|'projects'|'projects create'|'projects list'|'credentials'|'credentials list'|'credentials get'|'credentials import'|'credentials remove'|'credentials export'|'credentials migrate'|'rotations'|'rotations list'|'rotations show'|'rotations resume'|'rotations abort'|'plan'|'apply'|'run'|'helper'|'helper git'|'helper docker'|'helper exec'|'audit'|'audit list'|'audit verify'|'sandbox'|'doctor'|'completion'|'help') return 0 ;;
  esac
  return 1
}
complete -o default -F _keyturn keyturn
