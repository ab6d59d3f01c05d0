package dev.trestle.relay.simulation.whole;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.attested.AttestedAnchor;
import dev.trestle.lightclient.attested.AttestedEvmFamily;
import dev.trestle.lightclient.attested.AttestedUpdate;
import dev.trestle.lightclient.attested.HeaderAttestation;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.Ledger;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.state.InMemoryKeyValueStore;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes what the users of a chain send. What depends on what the ledger answers, the members'
 * signatures over releases, is found by a rehearsal on a ledger of its own.
 */
final class TradeMaker {
  /** Half of them have their deposit swept to the end, so that its packet leaves. */
  private static final int CLIENTS = 4;

  private static final int CONFIRMATIONS = 3;
  private static final int REFUND_DELAY = 144;
  private static final long SATOSHI = 1_000_000;
  private static final int MEMBERS = 3;
  private static final ChainId BITCOIN = Bitcoin.PARAMETERS.chain();
  private static final ChainId EVM = ChainId.parse("eip155:31337");
  private static final Bytes BRIDGE = Bytes.fromHex("00112233445566778899aabbccddeeff00112233");
  private static final ChainLimits LIMITS =
      new ChainLimits(
          Amount.of(2_000_000_000_000_000L), Amount.of(2_000_000_000_000_000L), 3_600_000);

  private static final long START_SECONDS = Trade.EPOCH_MS / 1_000 - 3_600;
  private static final long EVM_HEIGHT = 100;

  private final Genesis genesis;
  private final Hash32 chainId;
  private final SecretKey operator = Keys.of("operator", 0);
  private final List<SecretKey> governance = Keys.sorted("governance", 4);
  private final List<SecretKey> attest = Keys.sorted("attest", 4);
  private final Bitcoin bitcoin = new Bitcoin(Trade.EPOCH_MS / 1_000 - 200 * 600);
  private final List<Transaction> opening = new ArrayList<>();
  private final List<List<Transaction>> clients =
      IntStream.range(0, CLIENTS).<List<Transaction>>mapToObj(i -> new ArrayList<>()).toList();
  private final Map<Hash32, Long> coins = new TreeMap<>();
  private final Ledger rehearsal;
  private final Set<Hash32> rehearsed = new HashSet<>();

  TradeMaker(Genesis genesis) {
    this.genesis = genesis;
    this.chainId = genesis.chainId();
    this.rehearsal = Ledger.open(genesis, Trade.FAMILIES, new InMemoryKeyValueStore());
  }

  Trade make() {
    bitcoin.mine(List.of());
    bitcoin.mine(List.of());
    register(BITCOIN, BitcoinFamily.TYPE, Bitcoin.anchor(), Optional.empty(), bitcoin.update());
    registerEvm();
    List<BitcoinTransaction> payments =
        IntStream.range(0, CLIENTS).mapToObj(this::payment).toList();
    List<Claim> deposits = confirmed(payments);
    Bytes header = evmHeader(EVM_HEIGHT + CONFIRMATIONS);
    for (int member = 0; member < MEMBERS; member++) {
      send(new TransactionBody.AttestHeader(EVM, header, member, attestation(member, header)));
    }
    TransactionBody.RegisterRoute route = route();
    send(route.approvedBy(approve(Approvals.registerRoute(chainId, 0, route))));
    for (int client = 0; client < CLIENTS; client++) {
      send(client, transfer(client));
      send(client, new TransactionBody.SubmitDeposit(transferId(client), deposits.get(client)));
      coins.put(lastOf(client), SATOSHI);
      send(client, new TransactionBody.PlanSweep(BITCOIN, payments.get(client).txId(), 1));
    }
    rehearse();
    List<ReleaseRecord> sweeps = payments.stream().limit(CLIENTS / 2).map(this::sweep).toList();
    for (int client = 0; client < sweeps.size(); client++) {
      sign(client, sweeps.get(client));
    }
    rehearse();
    List<Claim> executed = confirmed(sweeps.stream().map(this::transaction).toList());
    for (int client = 0; client < sweeps.size(); client++) {
      ReleaseRecord sweep = sweeps.get(client);
      send(client, new TransactionBody.SubmitRelease(sweep.id(), executed.get(client)));
      coins.put(lastOf(client), -sweep.plan().orElseThrow().fee().toLong());
    }
    rehearse();
    return new Trade(
        genesis,
        encoded(opening),
        clients.stream().map(TradeMaker::encoded).toList(),
        Map.copyOf(coins));
  }

  private static List<Bytes> encoded(List<Transaction> transactions) {
    return transactions.stream().map(Transaction::encode).toList();
  }

  /** Claims of transactions in a block that the ledger's client knows, with enough on top of it. */
  private List<Claim> confirmed(List<BitcoinTransaction> transactions) {
    List<Claim> claims = bitcoin.mine(transactions);
    for (int i = 0; i < CONFIRMATIONS; i++) {
      bitcoin.mine(List.of());
    }
    send(new TransactionBody.UpdateClient(BITCOIN, bitcoin.update()));
    return claims;
  }

  private void send(TransactionBody body) {
    opening.add(Transaction.sign(chainId, operator, opening.size(), body));
  }

  private void send(int client, TransactionBody body) {
    List<Transaction> own = clients.get(client);
    own.add(Transaction.sign(chainId, Keys.of("client", client), own.size(), body));
  }

  private Hash32 lastOf(int client) {
    return clients.get(client).getLast().id();
  }

  /** Has the ledger run what was not run yet, which must have its effect. */
  private void rehearse() {
    List<Transaction> next = new ArrayList<>();
    Stream.concat(Stream.of(opening), clients.stream())
        .flatMap(List::stream)
        .filter(each -> rehearsed.add(each.id()))
        .forEach(next::add);
    long height = rehearsal.head().height() + 1;
    BlockResult result =
        rehearsal
            .execute(new BlockContext(height, Trade.EPOCH_MS + height * 1_000), next)
            .orThrow();
    for (Receipt each : result.receipts()) {
      if (!each.isSuccess()) {
        throw new IllegalStateException("the rehearsal fails: " + each);
      }
    }
    rehearsal.commit(result);
  }

  private void sign(int client, ReleaseRecord release) {
    CustodyRules rules = new BitcoinFamily().custody().orElseThrow();
    List<Hash32> digests =
        rules.signingDigests(genesis.committee().custody(), release.plan().orElseThrow());
    for (int member = 0; member < MEMBERS; member++) {
      SecretKey key = Keys.of("custody", member);
      send(
          client,
          new TransactionBody.SignRelease(
              release.id(),
              member,
              digests.stream()
                  .map(digest -> Secp256k1.instance().signSchnorr(digest, key, Hash32.ZERO))
                  .toList()));
    }
  }

  private ReleaseRecord sweep(BitcoinTransaction payment) {
    LedgerView view = rehearsal.view();
    return view.coin(BITCOIN, payment.txId(), 1)
        .flatMap(CoinRecord::reservedFor)
        .flatMap(view::release)
        .orElseThrow();
  }

  private BitcoinTransaction transaction(ReleaseRecord release) {
    Bytes signed = rehearsal.view().release(release.id()).orElseThrow().transaction().orElseThrow();
    return BitcoinTransaction.parse(signed).orThrow();
  }

  private static TransactionBody.OpenTransfer transfer(int client) {
    return new TransactionBody.OpenTransfer(
        RouteRecord.id(Trade.ASSET, EVM, BRIDGE),
        Keys.hash("recipient " + client),
        Amount.of(SATOSHI),
        Keys.of("refund", client).publicKey().xOnly(),
        REFUND_DELAY,
        idempotencyKey(client));
  }

  private static Hash32 idempotencyKey(int client) {
    return Keys.hash("transfer " + client);
  }

  private static Hash32 transferId(int client) {
    return TransferRecord.id(Keys.of("client", client).publicKey(), idempotencyKey(client));
  }

  private BitcoinTransaction payment(int client) {
    TransactionBody.OpenTransfer opened = transfer(client);
    Bytes script =
        new BitcoinFamily()
            .custody()
            .orElseThrow()
            .depositLock(
                BITCOIN,
                genesis.committee().custody(),
                new CustodyRules.DepositTerms(
                    transferId(client), opened.refundKey(), opened.refundDelay()))
            .orThrow()
            .script();
    return Bitcoin.payment(Keys.hash("coin " + client), SATOSHI, script);
  }

  private static TransactionBody.RegisterRoute route() {
    return new TransactionBody.RegisterRoute(
        Trade.ASSET,
        EVM,
        BRIDGE,
        Amount.of(20_000),
        Amount.of(50_000_000),
        2,
        CONFIRMATIONS,
        List.of());
  }

  private void registerEvm() {
    Bytes header = evmHeader(EVM_HEIGHT);
    TreeMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    for (int member = 0; member < MEMBERS; member++) {
      signatures.put(member, attestation(member, header));
    }
    Bytes anchor =
        new AttestedAnchor(
                chainId,
                EVM,
                0,
                attest.stream().map(SecretKey::publicKey).toList(),
                3,
                50,
                START_SECONDS,
                10_000_000)
            .encode();
    register(
        EVM,
        new AttestedEvmFamily().type(),
        anchor,
        Optional.of(BRIDGE),
        new AttestedUpdate(0, header, 4, signatures).encode());
  }

  private void register(
      ChainId chain, String type, Bytes anchor, Optional<Bytes> contract, Bytes sample) {
    TransactionBody.RegisterChain unsigned =
        registration(chain, type, anchor, contract, sample, List.of());
    send(
        registration(
            chain,
            type,
            anchor,
            contract,
            sample,
            approve(Approvals.registerChain(chainId, 0, unsigned))));
  }

  private static TransactionBody.RegisterChain registration(
      ChainId chain,
      String type,
      Bytes anchor,
      Optional<Bytes> contract,
      Bytes sample,
      List<EcdsaSignature> approvals) {
    return new TransactionBody.RegisterChain(
        chain, "Simulated", "adapter", type, anchor, 1, contract, sample, LIMITS, approvals);
  }

  private List<EcdsaSignature> approve(Hash32 digest) {
    return governance.stream()
        .limit(MEMBERS)
        .map(key -> Secp256k1.instance().signEcdsa(digest, key))
        .toList();
  }

  private EcdsaSignature attestation(int member, Bytes header) {
    EvmHeader decoded = EvmHeader.decode(header);
    return new HeaderAttestation(chainId, EVM, 0, decoded.number(), decoded.hash())
        .sign(attest.get(member));
  }

  private static Bytes evmHeader(long height) {
    Bytes word = Hash32.ZERO.bytes();
    List<RlpItem> fields = new ArrayList<>();
    fields.add(RlpItem.of(Keys.hash("parent " + height).bytes()));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[20])));
    fields.add(RlpItem.of(Keys.hash("state").bytes()));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[256])));
    fields.add(RlpItem.of(0));
    fields.add(RlpItem.of(height));
    fields.add(RlpItem.of(30_000_000));
    fields.add(RlpItem.of(21_000));
    fields.add(RlpItem.of(START_SECONDS + height));
    fields.add(RlpItem.of(Bytes.EMPTY));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[8])));
    fields.add(RlpItem.of(1_000_000_000));
    return Rlp.encode(RlpItem.of(fields));
  }
}
