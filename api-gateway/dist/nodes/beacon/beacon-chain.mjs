// Makes a proof-of-stake chain as fast as the machine can (no wall clock) with Lodestar's state transition, every signature and state root
// verified, and with the payloads of a running execution client behind its Engine API. Deneb from genesis, then Electra, then Fulu; minimal preset.
// Prints what a beacon node's light-client API would serve, one JSON object a line, with SSZ in hex:
// first the network, then the blocks. A block comes with an optimistic update, from the first finality on with a finality update and what is final
// in its state, in the last slot but one of a period with the update, and the first finalized one is announced by its bootstrap.
//   usage: node beacon-chain.mjs --engine=URL --rpc=URL --jwt=FILE --slots=N --electra=EPOCH --fulu=EPOCH
process.env.LODESTAR_PRESET = 'minimal';
import crypto from 'node:crypto';
import fs from 'node:fs';
import {parseArgs} from 'node:util';

const {createBeaconConfig, createChainForkConfig} = await import('@lodestar/config');
const {minimalChainConfig} = await import('@lodestar/config/configs');
const st = await import('@lodestar/state-transition');
const P = await import('@lodestar/params');
const {ssz} = await import('@lodestar/types');
const {BitArray} = await import('@chainsafe/ssz');
const {aggregateSignatures} = await import('@chainsafe/blst');
const proofs = await import(new URL('./lightClient/proofs.js', import.meta.resolve('@lodestar/state-transition')).href);

const {values} = parseArgs({options: Object.fromEntries(['engine', 'rpc', 'jwt', 'slots', 'electra', 'fulu'].map(name => [name, {type: 'string'}]))});
const argument = name => values[name] ?? (() => { throw Error('--' + name + ' is missing'); })();
const ENGINE = argument('engine'), RPC = argument('rpc'), SLOTS = Number(argument('slots'));
const ELECTRA = Number(argument('electra')), FULU = Number(argument('fulu'));
const SECRET = Buffer.from(fs.readFileSync(argument('jwt'), 'utf8').trim(), 'hex');
const VALIDATORS = 64, SECONDS_PER_SLOT = 6, FEE_RECIPIENT = '0x00000000000000000000000000000000000000fe';
const PERIOD_SLOTS = P.SLOTS_PER_EPOCH * P.EPOCHS_PER_SYNC_COMMITTEE_PERIOD;

const hex = bytes => '0x' + Buffer.from(bytes).toString('hex');
const bytes = text => new Uint8Array(Buffer.from(text.slice(2), 'hex'));
const quantity = number => '0x' + BigInt(number).toString(16);
const print = object => fs.writeSync(1, JSON.stringify(object) + '\n');
const serialized = (fork, type, value) => ({fork, ssz: hex(ssz[fork][type].serialize(value))});

// ---- JSON-RPC; the Engine API wants a fresh token (HS256)
let id = 0;
async function call(url, headers, method, params) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {'content-type': 'application/json', ...headers},
    body: JSON.stringify({jsonrpc: '2.0', id: ++id, method, params}),
  });
  const answer = await response.json();
  if (answer.error) throw Error(method + ': ' + JSON.stringify(answer.error));
  return answer.result;
}
function token() {
  const part = object => Buffer.from(JSON.stringify(object)).toString('base64url');
  const claims = part({alg: 'HS256', typ: 'JWT'}) + '.' + part({iat: Math.floor(Date.now() / 1000)});
  return claims + '.' + crypto.createHmac('sha256', SECRET).update(claims).digest('base64url');
}
const engine = (method, ...params) => call(ENGINE, {authorization: 'Bearer ' + token()}, method, params);
const eth = (method, ...params) => call(RPC, {}, method, params);

const payloadOf = p => ({
  parentHash: bytes(p.parentHash), feeRecipient: bytes(p.feeRecipient), stateRoot: bytes(p.stateRoot), receiptsRoot: bytes(p.receiptsRoot),
  logsBloom: bytes(p.logsBloom), prevRandao: bytes(p.prevRandao), blockNumber: Number(p.blockNumber), gasLimit: Number(p.gasLimit),
  gasUsed: Number(p.gasUsed), timestamp: Number(p.timestamp), extraData: bytes(p.extraData), baseFeePerGas: BigInt(p.baseFeePerGas),
  blockHash: bytes(p.blockHash), transactions: p.transactions.map(bytes), blobGasUsed: BigInt(p.blobGasUsed), excessBlobGas: BigInt(p.excessBlobGas),
  withdrawals: p.withdrawals.map(w => ({index: Number(w.index), validatorIndex: Number(w.validatorIndex), address: bytes(w.address), amount: BigInt(w.amount)})),
});

// ---- genesis on top of the execution client's
const genesis = await eth('eth_getBlockByNumber', '0x0', false);
const chain = createChainForkConfig({
  ...minimalChainConfig, SECONDS_PER_SLOT, SLOT_DURATION_MS: SECONDS_PER_SLOT * 1000, GENESIS_DELAY: 0,
  ALTAIR_FORK_EPOCH: 0, BELLATRIX_FORK_EPOCH: 0, CAPELLA_FORK_EPOCH: 0, DENEB_FORK_EPOCH: 0,
  ELECTRA_FORK_EPOCH: ELECTRA, FULU_FORK_EPOCH: FULU, GLOAS_FORK_EPOCH: Infinity,
});
const secretKeys = st.interopSecretKeys(VALIDATORS), publicKeys = secretKeys.map(key => key.toPublicKey().toBytes());
const indexOf = new Map(publicKeys.map((key, index) => [hex(key), index]));
const start = st.getGenesisBeaconState(
  chain,
  {depositRoot: ssz.phase0.DepositDataRootList.hashTreeRoot([]), depositCount: 0, blockHash: bytes(genesis.hash)},
  st.getTemporaryBlockHeader(chain, chain.getForkTypes(0).BeaconBlock.defaultValue()));
start.genesisTime = Number(genesis.timestamp);
for (const pubkey of publicKeys) {
  const withdrawalCredentials = Buffer.concat([Buffer.from([1]), Buffer.alloc(11), crypto.createHash('sha256').update(pubkey).digest().subarray(0, 20)]);
  start.validators.push(ssz.phase0.Validator.toViewDU({
    pubkey, withdrawalCredentials, effectiveBalance: 32e9, slashed: false,
    activationEligibilityEpoch: 0, activationEpoch: 0, exitEpoch: Infinity, withdrawableEpoch: Infinity,
  }));
  start.balances.push(32e9);
  start.previousEpochParticipation.push(0);
  start.currentEpochParticipation.push(0);
  start.inactivityScores.push(0);
}
start.commit();
start.genesisValidatorsRoot = start.validators.hashTreeRoot();
const first = start.latestExecutionPayloadHeader;
Object.assign(first, {
  blockHash: bytes(genesis.hash), parentHash: bytes(genesis.parentHash), stateRoot: bytes(genesis.stateRoot), receiptsRoot: bytes(genesis.receiptsRoot),
  gasLimit: Number(genesis.gasLimit), timestamp: Number(genesis.timestamp), baseFeePerGas: BigInt(genesis.baseFeePerGas), prevRandao: bytes(genesis.mixHash),
});
start.latestExecutionPayloadHeader = first;
start.commit();
const config = createBeaconConfig(chain, start.genesisValidatorsRoot);
const cached = () => ({config, pubkeyCache: st.createPubkeyCache()});
{
  const state = st.createCachedBeaconState(start, cached(), {skipSyncCommitteeCache: true});
  const active = st.getActiveValidatorIndices(state, 0);
  const {syncCommittee} = st.getNextSyncCommittee(config.getForkSeq(0), state, active, state.epochCtx.effectiveBalanceIncrements);
  start.currentSyncCommittee = ssz.altair.SyncCommittee.toViewDU(syncCommittee);
  start.nextSyncCommittee = ssz.altair.SyncCommittee.toViewDU(syncCommittee);
  start.commit();
}

// ---- what each block root stands for; the genesis block has no payload and is served to nobody
const blocks = new Map();
let state = st.createCachedBeaconState(start, cached());
let head = ssz.phase0.BeaconBlockHeader.hashTreeRoot({...state.latestBlockHeader.toValue(), stateRoot: state.hashTreeRoot()});
const blockOf = root => blocks.get(hex(root));
const executionHash = root => blockOf(root) ? hex(blockOf(root).message.body.executionPayload.blockHash) : genesis.hash;
function lightClientHeader({message}) {
  const {slot, proposerIndex, parentRoot, stateRoot, body} = message;
  return {
    beacon: {slot, proposerIndex, parentRoot, stateRoot, bodyRoot: config.getForkTypes(slot).BeaconBlockBody.hashTreeRoot(body)},
    execution: st.executionPayloadToPayloadHeader(config.getForkSeq(slot), body.executionPayload),
    executionBranch: proofs.getBlockBodyExecutionHeaderProof(config.getForkName(slot), body),
  };
}
const signingRoot = (type, value, slot, domain) =>
  ssz.phase0.SigningData.hashTreeRoot({objectRoot: type.hashTreeRoot(value), domain: config.getDomain(slot, domain)});

/** All committees of the slot before attest to its block: one aggregate each, and one for all from Electra on (EIP-7549). */
function attestations(pre, slot, electra) {
  const attested = slot - 1, epoch = st.computeEpochAtSlot(attested), targetSlot = st.computeStartSlotAtEpoch(epoch);
  if (attested < 1) return [];
  const source = (epoch === st.computeEpochAtSlot(slot) ? pre.currentJustifiedCheckpoint : pre.previousJustifiedCheckpoint).toValue();
  const target = {epoch, root: targetSlot === attested ? head : st.getBlockRootAtSlot(pre, targetSlot)};
  const indices = Array.from({length: pre.epochCtx.getCommitteeCountPerSlot(epoch)}, (_, index) => index);
  const committees = indices.map(index => Array.from(pre.epochCtx.getBeaconCommittee(attested, index)));
  const aggregate = (index, members) => {
    const data = {slot: attested, index, beaconBlockRoot: head, source, target};
    const root = signingRoot(ssz.phase0.AttestationData, data, attested, P.DOMAIN_BEACON_ATTESTER);
    return {
      data, aggregationBits: BitArray.fromBoolArray(members.map(() => true)),
      signature: aggregateSignatures(members.map(member => secretKeys[member].sign(root))).toBytes(),
    };
  };
  if (!electra) return committees.map((members, index) => aggregate(index, members));
  const committeeBits = BitArray.fromBitLen(P.MAX_COMMITTEES_PER_SLOT);
  indices.forEach(index => committeeBits.set(index, true));
  return [{...aggregate(0, committees.flat()), committeeBits}];
}

function syncAggregate(pre, slot) {
  const root = ssz.phase0.SigningData.hashTreeRoot({objectRoot: head, domain: config.getDomain(slot - 1, P.DOMAIN_SYNC_COMMITTEE)});
  const members = pre.currentSyncCommittee.pubkeys.getAllReadonly().map(key => indexOf.get(hex(key)));
  return {
    syncCommitteeBits: BitArray.fromBoolArray(members.map(() => true)),
    syncCommitteeSignature: aggregateSignatures(members.map(member => secretKeys[member].sign(root))).toBytes(),
  };
}

let bootstrapped = false;
/** The messages that the sync aggregate of this slot's block makes of the block before. */
function serve(slot, aggregate) {
  const attested = blockOf(head);
  if (!attested) return;
  const attestedSlot = attested.message.slot, fork = config.getForkName(attestedSlot);
  const common = {attestedHeader: lightClientHeader(attested), syncAggregate: aggregate, signatureSlot: slot};
  const line = {kind: 'block', slot: attestedSlot, fork, optimistic: serialized(fork, 'LightClientOptimisticUpdate', common)};
  const finalized = blockOf(state.finalizedCheckpoint.root);
  if (finalized) {
    const {slot: finalizedSlot, body: {executionPayload}} = finalized.message;
    if (!bootstrapped) {
      bootstrapped = true;
      const of = config.getForkName(finalizedSlot), witness = proofs.getSyncCommitteesWitness(of, finalized.state);
      print({
        kind: 'bootstrap', slot: finalizedSlot, root: hex(state.finalizedCheckpoint.root),
        ...serialized(of, 'LightClientBootstrap', {
          header: lightClientHeader(finalized), currentSyncCommittee: finalized.state.currentSyncCommittee.toValue(),
          currentSyncCommitteeBranch: proofs.getCurrentSyncCommitteeBranch(witness),
        }),
      });
    }
    const final = {...common, finalizedHeader: lightClientHeader(finalized), finalityBranch: proofs.getFinalizedRootProof(state)};
    line.finalized = {slot: finalizedSlot, fork: config.getForkName(finalizedSlot), number: executionPayload.blockNumber, hash: hex(executionPayload.blockHash)};
    line.finality = serialized(fork, 'LightClientFinalityUpdate', final);
    if (slot % PERIOD_SLOTS === PERIOD_SLOTS - 1) {
      const witness = proofs.getSyncCommitteesWitness(fork, state);
      const next = {nextSyncCommittee: state.nextSyncCommittee.toValue(), nextSyncCommitteeBranch: proofs.getNextSyncCommitteeBranch(witness)};
      line.update = serialized(fork, 'LightClientUpdate', {...final, ...next});
    }
  }
  print(line);
}

print({
  kind: 'network', genesisTime: state.genesisTime, genesisValidatorsRoot: hex(start.genesisValidatorsRoot), secondsPerSlot: SECONDS_PER_SLOT,
  forks: Object.values(config.forks).filter(fork => fork.epoch !== Infinity).map(fork => ({name: fork.name, epoch: fork.epoch, version: hex(fork.version)})),
});
for (let slot = 1; slot <= SLOTS; slot++) {
  const pre = st.processSlots(state.clone(), slot), epoch = st.computeEpochAtSlot(slot), electra = epoch >= ELECTRA;
  const types = config.getForkTypes(slot), proposer = pre.epochCtx.getBeaconProposer(slot);
  const safeBlockHash = executionHash(pre.currentJustifiedCheckpoint.root), finalizedBlockHash = executionHash(pre.finalizedCheckpoint.root);
  const attributes = {
    timestamp: quantity(state.genesisTime + slot * SECONDS_PER_SLOT), prevRandao: hex(st.getRandaoMix(pre, epoch)),
    suggestedFeeRecipient: FEE_RECIPIENT, parentBeaconBlockRoot: hex(head),
    withdrawals: st.getExpectedWithdrawals(config.getForkSeq(slot), pre).expectedWithdrawals.map(w => ({
      index: quantity(w.index), validatorIndex: quantity(w.validatorIndex), address: hex(w.address), amount: quantity(w.amount),
    })),
  };
  const choice = await engine('engine_forkchoiceUpdatedV3', {headBlockHash: executionHash(head), safeBlockHash, finalizedBlockHash}, attributes);
  if (choice.payloadStatus.status !== 'VALID') throw Error('fork choice: ' + JSON.stringify(choice));
  const body = types.BeaconBlockBody.defaultValue(); // meanwhile the payload is being filled
  body.attestations = attestations(pre, slot, electra);
  body.syncAggregate = syncAggregate(pre, slot);
  body.randaoReveal = secretKeys[proposer].sign(signingRoot(ssz.Epoch, epoch, slot, P.DOMAIN_RANDAO)).toBytes();
  body.eth1Data = pre.eth1Data.toValue();
  const built = await engine(electra ? 'engine_getPayloadV4' : 'engine_getPayloadV3', choice.payloadId);
  const status = electra
    ? await engine('engine_newPayloadV4', built.executionPayload, [], hex(head), built.executionRequests)
    : await engine('engine_newPayloadV3', built.executionPayload, [], hex(head));
  if (status.status !== 'VALID') throw Error('payload: ' + JSON.stringify(status));
  body.executionPayload = payloadOf(built.executionPayload);

  const message = {slot, proposerIndex: proposer, parentRoot: head, stateRoot: Buffer.alloc(32), body};
  const available = {executionPayloadStatus: st.ExecutionPayloadStatus.valid, dataAvailabilityStatus: st.DataAvailabilityStatus.Available};
  const unchecked = {...available, verifyProposer: false, verifySignatures: false, verifyStateRoot: false};
  message.stateRoot = st.stateTransition(state.clone(), {message, signature: Buffer.alloc(96)}, unchecked).hashTreeRoot();
  const signature = secretKeys[proposer].sign(signingRoot(types.BeaconBlock, message, slot, P.DOMAIN_BEACON_PROPOSER)).toBytes();
  const checked = {...available, verifyProposer: true, verifySignatures: true, verifyStateRoot: true};
  const next = st.stateTransition(state.clone(), {message, signature}, checked);
  await engine('engine_forkchoiceUpdatedV3', {headBlockHash: built.executionPayload.blockHash, safeBlockHash, finalizedBlockHash}, null);

  serve(slot, body.syncAggregate);
  state = next;
  head = types.BeaconBlock.hashTreeRoot(message);
  blocks.set(hex(head), {message, state: next});
}
