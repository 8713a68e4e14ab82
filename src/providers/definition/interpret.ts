import type { Token } from '../../domain/token.ts';
import type { ApiCall, Provider, TokenApi, TokenTarget } from '../../ports/provider.ts';
import type { AuthScheme } from '../../ports/request.ts';
import { checkName } from '../spec.ts';
import { checkMust, readIssued, readItem, readRotated, readShown } from './answers.ts';
import { checkCredential, checkIssued } from './credential.ts';
import { probeCall, proveCall } from './identity.ts';
import { insteadOf } from './instead.ts';
import { listCall, rulesOf } from './lists.ts';
import type { Definition } from './provider-table.ts';
import { findRefusal, readError } from './refusals.ts';
import { type Filling, fillingOfSpec, fillingOfTarget, type Made, requestOf } from './request.ts';
import type { RequestDefinition } from './request-table.ts';
import { schemeOf } from './scheme.ts';
import { originOf, settingOf } from './settings.ts';
import { checkSpec, expiryOf, markingOf, optionsOf, requiredOf, specOf } from './spec.ts';

/** A definition as the provider that the rest of keyturn knows. */
export function interpret(definition: Definition): Provider {
  const settings = Object.entries(definition.settings ?? {}).map(([name, one]) => settingOf(name, one));
  const made: Made = { definition, settings };
  const { credential } = definition;
  return {
    id: definition.id,
    title: definition.title,
    docs: definition.docs,
    settings,
    credential: {
      kind: credential.kind,
      page: credential.page,
      narrower: credential.narrower ?? ['--name', 'ci'],
      narrowerIs: credential.narrowerIs ?? 'a token for one job',
      ...(credential.vendorCli !== undefined && { vendorCli: credential.vendorCli }),
      ...(credential.sessionScopes !== undefined && { sessionScopes: credential.sessionScopes }),
    },
    origin: (given) => originOf(made, given),
    auth: schemesOf(definition),
    facts: factsOf(definition),
    tokens: tokensOf(made),
    probe: probeCall(made, definition.probe),
    instead: insteadOf(definition),
    checkCredential: (secret, now) => checkCredential(definition, secret, now),
    checkIssued: (secret) => checkIssued(definition, secret),
    readError: (answer) => readError(definition, answer),
    findRefusal: (body, context) => findRefusal(definition, body, context),
  };
}

/** The managing one first. */
function schemesOf({ auth, managing }: Definition): readonly [AuthScheme, ...AuthScheme[]] {
  const others = Object.entries(auth).filter(([name]) => name !== managing);
  return [schemeOf(managing, auth[managing] ?? {}), ...others.map(([name, one]) => schemeOf(name, one))];
}

function factsOf({ rotation, credential, lists = 'documented' }: Definition): Provider['facts'] {
  const { way, handle, names, ends, secretShown, settle, lastUse } = rotation;
  return {
    handle,
    names,
    // The others are refused when the definition is read.
    rotation: way === 'named' || way === 'in-place' ? way : 'overlap',
    ends,
    secretShown,
    managedBy: credential.managedBy ?? credential.kind,
    settleMs: settle,
    lists,
    ...(credential.isSession && { managerIsSession: true }),
    ...(lastUse !== undefined && { lastUse }),
  };
}

function tokensOf(made: Made): TokenApi {
  const { definition } = made;
  const { create, list, prove } = definition.tokens;
  const marking = markingOf(definition);
  return {
    required: requiredOf(definition),
    options: optionsOf(definition),
    checkSpec: (spec) => checkSpec(definition, spec),
    specOf: (token) => specOf(definition, token),
    ...(expiryOf(definition).words === 'vendor' && { choosesEnd: true }),
    ...(create !== undefined && { create: createCall(made, create) }),
    ...(list !== undefined && { list: listCall(made, list) }),
    ...readsOf(made),
    ...changesOf(made),
    ...(prove !== undefined && { prove: proveCall(made, prove) }),
    ...(marking !== undefined && { marking }),
  };
}

function createCall(made: Made, request: RequestDefinition): NonNullable<TokenApi['create']> {
  const { definition } = made;
  return {
    ...rulesOf(request),
    request: (spec, settings, now) =>
      requestOf(made, request, { settings, filling: fillingOfSpec(definition, spec, settings), now }),
    decode: (body, spec, own) => {
      checkMust(request, body);
      return readIssued(definition, request, { body, spec, own });
    },
  };
}

function readsOf(made: Made): Pick<TokenApi, 'get' | 'rotate'> {
  const { definition } = made;
  const { get, rotate } = definition.tokens;
  return {
    ...(get !== undefined && {
      get: targetCall(made, get, (body) => readShown(definition, get, body)),
    }),
    ...(rotate !== undefined && {
      rotate: targetCall(made, rotate, (body, own) => readRotated(definition, rotate, body, own)),
    }),
  };
}

function targetCall<O, I extends TokenTarget = TokenTarget>(
  made: Made,
  request: RequestDefinition,
  decode: (body: unknown, own: Parameters<ApiCall<I, O>['decode']>[2]) => O,
  fill: (input: I) => Filling = fillingOfTarget,
): ApiCall<I, O> {
  return {
    ...rulesOf(request),
    request: (target, settings, now) => requestOf(made, request, { settings, filling: fill(target), now }),
    decode: (body, _target, own) => {
      if (body !== undefined) checkMust(request, body);
      return decode(body, own);
    },
  };
}

type Changes = Pick<TokenApi, 'enable' | 'disable' | 'rename' | 'revoke' | 'remove'>;

/** The vendor’s success is enough: what a change answers is read where it is documented. */
function changesOf(made: Made): Changes {
  const { definition } = made;
  const { enable, disable, rename, revoke, delete: remove } = definition.tokens;
  const changed = (request: RequestDefinition): ApiCall<TokenTarget, Token | null> => ({
    answer: 'optional',
    ...targetCall(made, request, (body) => readItem(definition, request, body)),
  });
  const ended = (request: RequestDefinition): ApiCall<TokenTarget, void> => ({
    answer: 'optional',
    ...targetCall(made, request, () => undefined),
  });
  return {
    ...(enable !== undefined && { enable: changed(enable) }),
    ...(disable !== undefined && { disable: changed(disable) }),
    ...(rename !== undefined && { rename: renameCall(made, rename) }),
    ...(revoke !== undefined && { revoke: ended(revoke) }),
    ...(remove !== undefined && { remove: ended(remove) }),
  };
}

function renameCall(made: Made, request: RequestDefinition): NonNullable<TokenApi['rename']> {
  return {
    answer: 'optional',
    ...targetCall(
      made,
      request,
      (body) => readItem(made.definition, request, body),
      (target: TokenTarget & { readonly newName: string }) => ({
        ...fillingOfTarget(target),
        'new-name': checkName(target.newName),
      }),
    ),
  };
}
