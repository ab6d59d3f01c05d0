package dev.trestle.relay.simulation.whole;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
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
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * A chain's genesis and everything that its users are going to send, signed in advance: two chains
 * with the light clients of production, a route between them, transfers, deposits with their
 * proofs, sweeps. The same for every run with as many validators.
 */
record Trade(
    Genesis genesis, List<Bytes> opening, List<List<Bytes>> clients, Map<Hash32, Long> deposits) {
  /** Virtual time begins here, Unix milliseconds. */
  static final long EPOCH_MS = 1_700_000_000_000L;

  static final Families FAMILIES =
      Families.of(List.of(new BitcoinFamily(), new AttestedEvmFamily()));

  static final int CLIENTS = 4;
  private static final int TRANSFERS = 2;
  private static final int CONFIRMATIONS = 3;
  private static final int REFUND_DELAY = 144;
  private static final long SATOSHI = 1_000_000;

  /** Short epochs: whoever contradicted itself leaves during a run, if enough are left. */
  private static final Genesis.Parameters PARAMETERS =
      new Genesis.Parameters(2_000_000, 100_000, 3, 144, 10_000, 4_000_000, 80_000_000, 8, 0);

  private static final ChainId EVM = ChainId.parse("eip155:31337");
  private static final Bytes BRIDGE = Bytes.fromHex("00112233445566778899aabbccddeeff00112233");
  private static final AssetId ASSET = AssetId.nativeCoin(Bitcoin.PARAMETERS.chain(), 1);
  private static final ChainLimits LIMITS =
      new ChainLimits(
          Amount.of(2_000_000_000_000_000L), Amount.of(2_000_000_000_000_000L), 3_600_000);

  private static final Map<Integer, Trade> MADE = new ConcurrentHashMap<>();

  /** That of a chain with so many validators. */
  static Trade of(int validators) {
    return MADE.computeIfAbsent(validators, count -> new Maker(genesis(count)).make());
  }

  /** What moves over the route. */
  static AssetId asset() {
    return ASSET;
  }

  static Hash32 fingerprint(int validator) {
    return Keys.hash("transport key " + validator);
  }

  private static Genesis genesis(int validators) {
    List<SecretKey> attest = Keys.sorted("attest", 4);
    return new Genesis(
        "simulation",
        EPOCH_MS,
        Keys.order("validator", validators).stream()
            .map(i -> new Genesis.Validator(Keys.of("validator", i).publicKey(), fingerprint(i)))
            .toList(),
        new Genesis.Governance(
            Keys.sorted("governance", 4).stream().map(SecretKey::publicKey).toList(), 3),
        new Genesis.NotaryCommittee(
            0,
            IntStream.range(0, 4)
                .mapToObj(
                    i ->
                        new Genesis.NotaryMember(
                            Keys.of("custody", i).publicKey().xOnly(), attest.get(i).publicKey()))
                .toList(),
            3),
        PARAMETERS);
  }

  private static final class Maker {
    private static final long START_SECONDS = EPOCH_MS / 1_000 - 3_600;
    private static final long EVM_HEIGHT = 100;

    private final Genesis genesis;
    private final Hash32 chainId;
    private final SecretKey operator = Keys.of("operator", 0);
    private final List<SecretKey> governance = Keys.sorted("governance", 4);
    private final List<SecretKey> attest = Keys.sorted("attest", 4);
    private final Bitcoin bitcoin = new Bitcoin(EPOCH_MS / 1_000 - 200 * 600);
    private final List<Bytes> opening = new ArrayList<>();
    private final Map<Hash32, Long> deposits = new TreeMap<>();

    Maker(Genesis genesis) {
      this.genesis = genesis;
      this.chainId = genesis.chainId();
    }

    Trade make() {
      bitcoin.mine(List.of());
      bitcoin.mine(List.of());
      register(
          Bitcoin.PARAMETERS.chain(),
          BitcoinFamily.TYPE,
          Bitcoin.anchor(),
          Optional.empty(),
          bitcoin.update());
      registerEvm();
      List<BitcoinTransaction> payments = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        for (int number = 0; number < TRANSFERS; number++) {
          payments.add(payment(client, number));
        }
      }
      List<Claim> claims = bitcoin.mine(payments);
      for (int i = 0; i < CONFIRMATIONS; i++) {
        bitcoin.mine(List.of());
      }
      send(new TransactionBody.UpdateClient(Bitcoin.PARAMETERS.chain(), bitcoin.update()));
      Bytes header = evmHeader(EVM_HEIGHT + CONFIRMATIONS);
      for (int member = 0; member < 3; member++) {
        send(new TransactionBody.AttestHeader(EVM, header, member, attestation(member, header)));
      }
      TransactionBody.RegisterRoute route = route();
      send(route.approvedBy(approve(Approvals.registerRoute(chainId, 0, route))));
      return new Trade(
          genesis,
          List.copyOf(opening),
          IntStream.range(0, CLIENTS).mapToObj(i -> client(i, payments, claims)).toList(),
          Map.copyOf(deposits));
    }

    private void send(TransactionBody body) {
      opening.add(Transaction.sign(chainId, operator, opening.size(), body).encode());
    }

    /** All transfers are opened, then paid in, then swept. */
    private List<Bytes> client(int client, List<BitcoinTransaction> payments, List<Claim> claims) {
      List<TransactionBody> bodies = new ArrayList<>();
      for (int number = 0; number < TRANSFERS; number++) {
        bodies.add(transfer(client, number));
      }
      for (int number = 0; number < TRANSFERS; number++) {
        int at = client * TRANSFERS + number;
        bodies.add(new TransactionBody.SubmitDeposit(transferId(client, number), claims.get(at)));
        bodies.add(
            new TransactionBody.PlanSweep(Bitcoin.PARAMETERS.chain(), payments.get(at).txId(), 1));
      }
      SecretKey key = Keys.of("client", client);
      List<Bytes> signed = new ArrayList<>();
      for (int i = 0; i < bodies.size(); i++) {
        Transaction transaction = Transaction.sign(chainId, key, i, bodies.get(i));
        signed.add(transaction.encode());
        if (bodies.get(i) instanceof TransactionBody.SubmitDeposit) {
          deposits.put(transaction.id(), SATOSHI);
        }
      }
      return List.copyOf(signed);
    }

    private static TransactionBody.OpenTransfer transfer(int client, int number) {
      return new TransactionBody.OpenTransfer(
          RouteRecord.id(ASSET, EVM, BRIDGE),
          Keys.hash("recipient " + client),
          Amount.of(SATOSHI),
          Keys.of("refund", client).publicKey().xOnly(),
          REFUND_DELAY,
          idempotencyKey(client, number));
    }

    private static Hash32 idempotencyKey(int client, int number) {
      return Keys.hash("transfer " + client + "/" + number);
    }

    private static Hash32 transferId(int client, int number) {
      return TransferRecord.id(
          Keys.of("client", client).publicKey(), idempotencyKey(client, number));
    }

    private BitcoinTransaction payment(int client, int number) {
      TransactionBody.OpenTransfer opened = transfer(client, number);
      Bytes script =
          new BitcoinFamily()
              .custody()
              .orElseThrow()
              .depositLock(
                  Bitcoin.PARAMETERS.chain(),
                  genesis.committee().custody(),
                  new CustodyRules.DepositTerms(
                      transferId(client, number), opened.refundKey(), opened.refundDelay()))
              .orThrow()
              .script();
      return Bitcoin.payment(Keys.hash("coin " + client + "/" + number), SATOSHI, script);
    }

    private static TransactionBody.RegisterRoute route() {
      return new TransactionBody.RegisterRoute(
          ASSET,
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
      for (int member = 0; member < 3; member++) {
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
          .limit(3)
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
}
