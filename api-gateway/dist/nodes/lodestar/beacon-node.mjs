// A Lodestar beacon node with its validators in one process: minimal preset, Capella from genesis, a second a slot, payloads of a running
// execution client behind its Engine API. Serves the Beacon API on loopback, has no peer and looks for none.
//   usage: node beacon-node.mjs --engine=URL --jwt=FILE --genesis=BLOCK-HASH --rest=PORT --p2p=PORT --data=FOLDER --slots=N
// The chain began N seconds ago, and so does its clock: it goes as fast as the machine can follow to the end of the slot that a line on stdin
// names, and no further. While node or validators are at work it goes at a second a second, so that no slot stays without a block on a slow
// machine. When it has caught up with the wall clock it is the wall clock from then on.
// Prints one JSON object a line: the network; {"slot": N} at the end of a slot that was asked for; {"live": true} once it has caught up.
process.env.LODESTAR_PRESET = 'minimal';
process.env.NODE_BACKEND = 'js'; // of a package whose native part is not built
import fs from 'node:fs';
import readline from 'node:readline';
import {parseArgs} from 'node:util';

const {values} = parseArgs({options: Object.fromEntries(
  ['engine', 'jwt', 'genesis', 'rest', 'p2p', 'data', 'slots'].map(name => [name, {type: 'string'}]))});
const argument = name => values[name] ?? (() => { throw Error('--' + name + ' is missing'); })();
const print = object => fs.writeSync(1, JSON.stringify(object) + '\n');
Promise.withResolvers ??= function () { // Node.js 20 lacks it
  let resolve, reject;
  const promise = new this((a, b) => { resolve = a; reject = b; });
  return {promise, resolve, reject};
};

// ---- the clock: what Date.now and the timers of node and validators go by, in milliseconds
const FASTEST = 40, TICK = 2, VALIDATORS = 8;
const wall = Date.now.bind(Date), wallTimeout = setTimeout, soon = setImmediate;
const genesisTime = Math.floor(wall() / 1000) - Number(argument('slots'));
let now = genesisTime * 1000 - 60_000, limit = genesisTime * 1000 - 500, asked = -1, last = wall(), speed = 0.1, busy = 0, live = false, created = 0;
const timers = new Map();
class Timer {
  constructor(callback, delay, args, repeat) {
    Object.assign(this, {callback, delay: Math.max(1, Number(delay) || 0), args, repeat, id: ++created});
    this.refresh();
  }
  refresh() { this.due = Math.ceil(now + this.delay); timers.set(this.id, this); return this; }
  ref() { return this; }
  unref() { return this; }
  hasRef() { return true; }
  [Symbol.toPrimitive]() { return this.id; }
}
Date.now = () => live ? wall() : Math.floor(now);
globalThis.setTimeout = (callback, delay, ...args) => new Timer(callback, delay, args, false);
globalThis.setInterval = (callback, delay, ...args) => new Timer(callback, delay, args, true);
globalThis.clearTimeout = globalThis.clearInterval = timer => { timers.delete(typeof timer === 'object' ? timer?.id : Number(timer)); };
function nextTimer() {
  let next;
  for (const each of timers.values()) if (!next || each.due < next.due || (each.due === next.due && each.id < next.id)) next = each;
  return next;
}
function step() {
  const real = wall(), passed = real - last;
  last = real;
  if (!live && now >= real) {
    live = true;
    print({live});
  }
  const target = live ? real : Math.min(now + passed * (busy > 0 ? 1 : speed), limit), timer = nextTimer();
  if (timer && timer.due <= target) { // one at a time: what it starts may hold the clock
    now = Math.max(now, timer.due);
    timers.delete(timer.id);
    if (timer.repeat) timer.refresh();
    timer.callback(...timer.args);
    soon(step);
    return;
  }
  now = Math.max(now, target);
  if (!live && asked >= 0 && now >= limit && busy === 0) {
    print({slot: asked});
    asked = -1;
  }
  wallTimeout(step, TICK);
}
/** Holds the clock to the pace of the wall's until the work is done. */
async function held(work) {
  busy++;
  try {
    return await work();
  } finally {
    soon(() => soon(() => { busy--; }));
  }
}

const {createIBeaconConfig, createIChainForkConfig} = await import('@lodestar/config');
const {minimalChainConfig} = await import('@lodestar/config/presets');
const {BeaconDb, BeaconNode, createNodeJsLibp2p, defaultOptions, initStateFromAnchorState, nodeUtils} = await import('@lodestar/beacon-node');
const {LevelDbController} = await import('@lodestar/db');
const {interopSecretKey} = await import('@lodestar/state-transition');
const {SignerType, SlashingProtection, Validator} = await import('@lodestar/validator');
const {createSecp256k1PeerId} = await import('@libp2p/peer-id-factory');

const silent = () => {};
const say = (message, context, error) => console.error(message, context ?? '', error?.stack ?? '');
const logger = {error: say, warn: say, info: silent, verbose: silent, debug: silent, child: () => logger};
const fail = error => { console.error(error); process.exit(1); };
const database = name => new LevelDbController({name: argument('data') + '/' + name}, {metrics: null});

// ---- the chain
const chainConfig = createIChainForkConfig({
  ...minimalChainConfig, SECONDS_PER_SLOT: 1, TERMINAL_TOTAL_DIFFICULTY: 0n, ALTAIR_FORK_EPOCH: 0, BELLATRIX_FORK_EPOCH: 0, CAPELLA_FORK_EPOCH: 0,
});
const eth1BlockHash = Buffer.from(argument('genesis').slice(2), 'hex');
const {state} = nodeUtils.initDevState(chainConfig, VALIDATORS, {genesisTime, eth1BlockHash});
const config = createIBeaconConfig(chainConfig, state.genesisValidatorsRoot);
const db = new BeaconDb({config: chainConfig, controller: database('beacon')});
await db.start();
const anchorState = await initStateFromAnchorState(chainConfig, db, logger, state, {isWithinWeakSubjectivityPeriod: true, isCheckpointState: false});
step();

// ---- the node
const address = '/ip4/127.0.0.1/tcp/' + argument('p2p');
const network = {...defaultOptions.network, localMultiaddrs: [address], bootMultiaddrs: [], discv5: null, mdns: false, allowPublishToZeroPeers: true};
const node = await BeaconNode.init({
  opts: {
    ...defaultOptions,
    api: {rest: {enabled: true, address: '127.0.0.1', port: Number(argument('rest')), api: ['beacon', 'config', 'lightclient', 'node']}},
    chain: {...defaultOptions.chain, blsVerifyAllMainThread: true},
    eth1: {...defaultOptions.eth1, enabled: false},
    executionEngine: {
      ...defaultOptions.executionEngine, mode: 'http', urls: [argument('engine')], jwtSecretHex: fs.readFileSync(argument('jwt'), 'utf8').trim(),
    },
    network,
    sync: {...defaultOptions.sync, isSingleNode: true},
  },
  config, db, logger, anchorState, processShutdownCallback: fail,
  libp2p: await createNodeJsLibp2p(createSecp256k1PeerId(), network, {disablePeerDiscovery: true}),
});
for (const [part, names] of [
  [node.chain.executionEngine, ['notifyNewPayload', 'notifyForkchoiceUpdate', 'getPayload']],
  [node.chain.lightClientServer, ['persistPostBlockImportData', 'onSyncAggregate']],
]) {
  for (const name of names) {
    const call = part[name].bind(part);
    part[name] = (...args) => held(() => call(...args));
  }
}
// what its own validators have just signed the node takes at their word; every block is verified whole
const bls = node.chain.bls, verifySignatureSets = bls.verifySignatureSets.bind(bls);
bls.verifySignatureSets = async (sets, options) => options?.batchable || verifySignatureSets(sets, options);

// ---- the validators, which call the node's API without HTTP
const WORK = /^(produce|publish|submit|getAggregatedAttestation)/; // the others may wait for the clock
const api = Object.fromEntries(Object.entries(node.api).map(([namespace, routes]) => [namespace, new Proxy(routes, {
  get: (target, name) => async (...args) => {
    if (namespace === 'events') return target[name](...args);
    const call = async () => ({ok: true, status: 200, response: await target[name](...args)});
    try {
      return await (WORK.test(name) ? held(call) : call());
    } catch (e) {
      return {ok: false, status: 500, error: {code: 500, operationId: name, message: e.message}};
    }
  },
})]));
const dbOps = {config: chainConfig, controller: database('validators')};
await dbOps.controller.start();
const validators = await Validator.initializeFromBeaconNode({
  dbOps, api, logger, processShutdownCallback: fail,
  slashingProtection: new SlashingProtection(dbOps),
  signers: Array.from({length: VALIDATORS}, (_, i) => ({type: SignerType.Local, secretKey: interopSecretKey(i)})),
  abortController: new AbortController(),
});
// one aggregator for each subcommittee: with few validators nearly all of them would be
const duties = validators.syncCommitteeService.dutiesService, selectionProofs = duties.getSelectionProofs.bind(duties);
let aggregating = {};
duties.getSelectionProofs = async (slot, duty) => {
  if (aggregating.slot !== slot) aggregating = {slot, subcommittees: new Set()};
  const own = duty.subnets.filter(each => !aggregating.subcommittees.has(each));
  own.forEach(each => aggregating.subcommittees.add(each));
  const proofs = await selectionProofs(slot, {...duty, subnets: own});
  return duty.subnets.map(each => proofs.find(proof => proof.subcommitteeIndex === each) ?? {selectionProof: null, subcommitteeIndex: each});
};

process.on('SIGTERM', () => process.exit(0));
print({
  genesisTime,
  secondsPerSlot: config.SECONDS_PER_SLOT,
  genesisValidatorsRoot: '0x' + Buffer.from(state.genesisValidatorsRoot).toString('hex'),
  forks: config.forksAscendingEpochOrder
    .filter(fork => Number.isFinite(fork.epoch))
    .map(fork => ({name: fork.name, epoch: fork.epoch, version: '0x' + Buffer.from(fork.version).toString('hex')})),
});
speed = FASTEST;
for await (const line of readline.createInterface({input: process.stdin})) {
  asked = Number(line);
  limit = Math.max(limit, (genesisTime + asked + 1) * 1000 - 1);
}
process.exit(0);
