package dev.trestle.relay.bench;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.relay.node.TransactionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The works of the table. */
final class Workloads {
  private static final int REFUND_DELAY = 144;
  private static final long SATOSHI = 1_000_000;

  private Workloads() {}

  private static List<SecretKey> clientKeys(int count) {
    return IntStream.range(0, count).mapToObj(i -> Keys.of("client", i)).toList();
  }

  /** Ordering alone. */
  record NullOps(String id, String title, int clients, List<PublicKey> keys) implements Workload {
    static NullOps of(String id, String title, int clients) {
      return new NullOps(
          id, title, clients, clientKeys(clients).stream().map(SecretKey::publicKey).toList());
    }

    @Override
    public BenchValidator.Machine machine() {
      return BenchValidator.Machine.NULL;
    }

    @Override
    public void prepare(BenchNetwork network, Submitter submitter) {
      // there is no state to prepare
    }

    @Override
    public Bytes operation(int client, long number) {
      return NullMachine.operation(keys.get(client), number);
    }

    @Override
    public boolean isSuccess(TransactionRecord record) {
      return record.outcome() == Receipt.Outcome.APPLIED;
    }
  }

  /** Operations that were made beforehand, a list a client. */
  abstract static class Prepared implements Workload {
    private final int clients;
    private final int perClient;
    private final List<SecretKey> keys;
    private List<List<Bytes>> operations = List.of();

    Prepared(int clients, int perClient) {
      this.clients = clients;
      this.perClient = perClient;
      this.keys = clientKeys(clients);
    }

    int perClient() {
      return perClient;
    }

    List<SecretKey> keys() {
      return keys;
    }

    void keep(List<List<Bytes>> made) {
      operations = made;
    }

    @Override
    public BenchValidator.Machine machine() {
      return BenchValidator.Machine.LEDGER;
    }

    @Override
    public int clients() {
      return clients;
    }

    @Override
    public Bytes operation(int client, long number) {
      List<Bytes> own = operations.get(client);
      if (number >= own.size()) {
        throw new BenchException(
            "only " + own.size() + " operations a client were made: give --prepared");
      }
      return own.get((int) number);
    }

    @Override
    public boolean isSuccess(TransactionRecord record) {
      return record.outcome() == Receipt.Outcome.APPLIED;
    }
  }

  private static TransactionBody.OpenTransfer transfer(int client, long number) {
    return new TransactionBody.OpenTransfer(
        Route.id(),
        Digests.sha256(Bytes.utf8("recipient " + client)),
        Amount.of(SATOSHI),
        Keys.of("refund", client % 16).publicKey().xOnly(),
        REFUND_DELAY,
        idempotencyKey(client, number));
  }

  private static Hash32 idempotencyKey(int client, long number) {
    return Digests.sha256(Bytes.utf8("transfer " + client + "/" + number));
  }

  /** Transfers of 1 KiB between accounts: the signature is checked by every validator. */
  static final class SignedTransfers extends Prepared {
    private final String id;
    private final int accounts;

    SignedTransfers(String id, int clients, int perClient, int accounts) {
      super(clients, perClient);
      this.id = id;
      this.accounts = accounts;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public String title() {
      return "signed transfers of 1 KiB among " + accounts + " accounts";
    }

    @Override
    public BenchValidator.Machine machine() {
      return BenchValidator.Machine.TRANSFERS;
    }

    @Override
    public int accounts() {
      return accounts;
    }

    @Override
    public void prepare(BenchNetwork network, Submitter submitter) {
      keep(
          IntStream.range(0, clients())
              .parallel()
              .mapToObj(
                  client ->
                      IntStream.range(0, perClient())
                          .mapToObj(number -> transfer(client, number))
                          .toList())
              .toList());
    }

    private Bytes transfer(int client, int number) {
      int to = Math.floorMod(client * 7_919 + number * 104_729, accounts);
      return Transfer.sign(keys().get(client), number, TransferMachine.other(to), 1);
    }
  }

  /** Bridge transfers that are opened in the ledger: each gets a deposit address of its own. */
  static final class OpenedTransfers extends Prepared {
    OpenedTransfers(int clients, int perClient) {
      super(clients, perClient);
    }

    @Override
    public String id() {
      return "opened-transfers";
    }

    @Override
    public String title() {
      return "bridge transfers opened in the ledger, deposit address derived by every validator";
    }

    @Override
    public void prepare(BenchNetwork network, Submitter submitter) {
      new Route(network.genesis(), submitter).open(new RegtestBitcoin());
      Hash32 chainId = network.genesis().chainId();
      List<List<Bytes>> made =
          IntStream.range(0, clients())
              .parallel()
              .mapToObj(
                  client ->
                      IntStream.range(0, perClient())
                          .mapToObj(
                              number ->
                                  Transaction.sign(
                                          chainId,
                                          keys().get(client),
                                          number,
                                          transfer(client, number))
                                      .encode())
                          .toList())
              .toList();
      keep(made);
    }
  }

  /**
   * Deposits: a proof that a Bitcoin transaction is in a confirmed block and pays the transfer's
   * own lock, checked by every validator; the coin is credited and accounted for. That is where it
   * ends: the packet is sent with the proof of the deposit's sweep (ADR 0004), which is another
   * transaction and no part of this.
   */
  static final class VerifiedPackets extends Prepared {
    /** Deposits in one Bitcoin block: their proofs have eleven steps. */
    private static final int BLOCK = 2_000;

    VerifiedPackets(int clients, int perClient) {
      super(clients, perClient);
    }

    @Override
    public String id() {
      return "verified-packets";
    }

    @Override
    public String title() {
      return "verified packets, up to the credit: a deposit's SPV proof checked by every validator,"
          + " policy and accounting applied; its packet is sent later, with the proof of its sweep";
    }

    private record Deposit(int client, Hash32 transferId, BitcoinTransaction payment) {}

    @Override
    public void prepare(BenchNetwork network, Submitter submitter) {
      RegtestBitcoin bitcoin = new RegtestBitcoin();
      Route route = new Route(network.genesis(), submitter);
      route.open(bitcoin);
      Hash32 chainId = network.genesis().chainId();
      List<Transaction> opening = new ArrayList<>();
      for (int number = 0; number < perClient(); number++) {
        for (int client = 0; client < clients(); client++) {
          opening.add(
              Transaction.sign(chainId, keys().get(client), number, transfer(client, number)));
        }
      }
      submitter.applyAll(opening);
      List<Deposit> deposits =
          IntStream.range(0, opening.size())
              .parallel()
              .mapToObj(i -> deposit(network, i % clients(), i / clients()))
              .toList();
      List<Claim> claims = new ArrayList<>();
      for (int from = 0; from < deposits.size(); from += BLOCK) {
        List<Deposit> some = deposits.subList(from, Math.min(deposits.size(), from + BLOCK));
        claims.addAll(bitcoin.mine(some.stream().map(Deposit::payment).toList()));
      }
      for (int i = 0; i < Route.CONFIRMATIONS; i++) {
        bitcoin.mine(List.of());
      }
      route.update(bitcoin);
      keep(operations(chainId, deposits, claims));
    }

    private Deposit deposit(BenchNetwork network, int client, int number) {
      Hash32 transferId =
          TransferRecord.id(keys().get(client).publicKey(), idempotencyKey(client, number));
      CustodyRules rules = new BitcoinFamily().custody().orElseThrow();
      TransactionBody.OpenTransfer opened = transfer(client, number);
      Bytes script =
          rules
              .depositLock(
                  RegtestBitcoin.PARAMETERS.chain(),
                  network.genesis().committee().custody(),
                  new CustodyRules.DepositTerms(
                      transferId, opened.refundKey(), opened.refundDelay()))
              .orThrow()
              .script();
      return new Deposit(
          client,
          transferId,
          RegtestBitcoin.payment(
              Digests.sha256(Bytes.utf8("coin " + client + "/" + number)), SATOSHI, script));
    }

    private List<List<Bytes>> operations(
        Hash32 chainId, List<Deposit> deposits, List<Claim> claims) {
      return IntStream.range(0, clients())
          .parallel()
          .mapToObj(
              client ->
                  IntStream.range(0, perClient())
                      .mapToObj(
                          number -> {
                            int at = number * clients() + client;
                            return Transaction.sign(
                                    chainId,
                                    keys().get(client),
                                    perClient() + number,
                                    new TransactionBody.SubmitDeposit(
                                        deposits.get(at).transferId(), claims.get(at)))
                                .encode();
                          })
                      .toList())
          .toList();
    }
  }
}
