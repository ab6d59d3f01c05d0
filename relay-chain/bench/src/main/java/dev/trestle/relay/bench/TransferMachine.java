package dev.trestle.relay.bench;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.proofs.MerkleTree;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.LedgerCode;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.state.Batch;
import dev.trestle.relay.ledger.state.KeyValueStore;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.state.Prefixes;
import dev.trestle.relay.ledger.state.StatePages;
import dev.trestle.relay.ledger.state.StateTree;
import dev.trestle.relay.node.Admitted;
import dev.trestle.relay.node.StateMachine;
import dev.trestle.relay.node.ValidatorSets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Accounts with balances in the authenticated state tree of the product, and transfers that their
 * owners sign: what signatures and state cost a chain, without the rules of bridges. Every
 * signature is checked by every validator, beforehand where it can be.
 */
final class TransferMachine implements StateMachine {
  /** What every account starts with. */
  static final long BALANCE = 1_000_000_000L;

  private static final Bytes ACCOUNTS = Bytes.of(new byte[] {1});
  private static final Bytes PAGES = Bytes.of(new byte[] {2});
  private static final Bytes ROOT = Bytes.of(new byte[] {3});
  private static final int PAGES_IN_MEMORY = 8_192;
  private static final int MAX_REMEMBERED = 16_384;
  private static final int FILL = 20_000;

  private final ValidatorSets validators;
  private final KeyValueStore store;
  private final StatePages pages;
  private final Map<Bytes, Transfer> signed = new LinkedHashMap<>();
  private final Map<Hash32, StateTree.Root> roots = new LinkedHashMap<>();
  private volatile StateTree.Root root;

  private record Account(long nonce, long balance) {
    Bytes encode() {
      return new CanonicalWriter().u64(nonce).u64(balance).toBytes();
    }

    static Account decode(Bytes bytes) {
      return CanonicalReader.decode(bytes, in -> new Account(in.u64(), in.u64()));
    }
  }

  private TransferMachine(Genesis genesis, KeyValueStore store) {
    this.validators = ValidatorSets.fixed(genesis);
    this.store = store;
    this.pages = new StatePages(Prefixes.under(store, PAGES), PAGES_IN_MEMORY);
    this.root = store.get(ROOT).map(TransferMachine::decode).orElse(StateTree.Root.EMPTY);
  }

  /**
   * Opens the machine; an empty store gets its accounts first.
   *
   * @param clients accounts with keys
   * @param others accounts that nobody has a key of
   */
  static TransferMachine open(Genesis genesis, KeyValueStore store, int clients, int others) {
    TransferMachine machine = new TransferMachine(genesis, store);
    if (machine.root.hash().isZero()) {
      for (int from = 0; from < clients + others; from += FILL) {
        TreeMap<Bytes, Optional<Bytes>> accounts = new TreeMap<>();
        for (int i = from; i < Math.min(clients + others, from + FILL); i++) {
          Bytes account =
              i < clients ? Keys.of("client", i).publicKey().compressed() : other(i - clients);
          accounts.put(account, Optional.of(new Account(0, BALANCE).encode()));
        }
        machine.commit(machine.seal(new BlockContext(1, 1), accounts));
      }
    }
    return machine;
  }

  /** An account without a key. */
  static Bytes other(int number) {
    return Bytes.concat(
        Bytes.of(new byte[] {2}), Digests.sha256(Bytes.utf8("account " + number)).bytes());
  }

  @Override
  public Verdict<Admitted> admit(Bytes encoded) {
    try {
      Transfer transfer = decodeTransfer(encoded);
      if (!isKnown(encoded)) {
        if (!transfer.isSigned()) {
          return Verdict.reject(LedgerCode.BAD_SIGNATURE, "not signed by its sender");
        }
        remember(transfer);
      }
      return Verdict.accept(
          new Admitted(Digests.sha256(encoded), transfer.sender(), transfer.nonce(), encoded));
    } catch (DecodeException e) {
      return Verdict.reject(LedgerCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private boolean isKnown(Bytes encoded) {
    synchronized (signed) {
      return signed.containsKey(encoded);
    }
  }

  private Transfer decodeTransfer(Bytes encoded) {
    synchronized (signed) {
      Transfer known = signed.get(encoded);
      if (known != null) {
        return known;
      }
    }
    return Transfer.decode(encoded);
  }

  private void remember(Transfer transfer) {
    synchronized (signed) {
      signed.put(transfer.encoded(), transfer);
      while (signed.size() > MAX_REMEMBERED) {
        signed.remove(signed.keySet().iterator().next());
      }
    }
  }

  @Override
  public long nextNonce(PublicKey sender) {
    return account(Prefixes.under(store, ACCOUNTS).get(sender.compressed())).nonce();
  }

  private static Account account(Optional<Bytes> stored) {
    return stored.map(Account::decode).orElse(new Account(0, 0));
  }

  @Override
  public Hash32 stateRoot() {
    return root.hash();
  }

  @Override
  public ValidatorSets validators() {
    return validators;
  }

  @Override
  public Verdict<BlockResult> execute(BlockContext context, List<Bytes> transactions) {
    Overlay accounts = new Overlay(Prefixes.under(store, ACCOUNTS));
    List<Receipt> receipts = new ArrayList<>(transactions.size());
    for (Bytes encoded : transactions) {
      if (!(admit(encoded) instanceof Verdict.Accepted<Admitted>(Admitted admitted))) {
        return Verdict.reject(LedgerCode.BAD_SIGNATURE, "a transfer that is not signed");
      }
      Transfer transfer = decodeTransfer(encoded);
      Account from = account(accounts.get(transfer.sender().compressed()));
      if (from.nonce() != transfer.nonce()) {
        return Verdict.reject(LedgerCode.BAD_NONCE, "expected " + from.nonce());
      }
      boolean covered = from.balance() >= transfer.amount();
      long moved = covered ? transfer.amount() : 0;
      accounts.put(
          transfer.sender().compressed(),
          new Account(from.nonce() + 1, from.balance() - moved).encode());
      Account to = account(accounts.get(transfer.recipient()));
      accounts.put(
          transfer.recipient(),
          new Account(to.nonce(), Math.addExact(to.balance(), moved)).encode());
      receipts.add(
          new Receipt(
              admitted.id(),
              covered ? Receipt.Outcome.APPLIED : Receipt.Outcome.FAILED,
              covered ? Receipt.OK : "not-covered",
              "",
              List.of()));
    }
    return Verdict.accept(seal(context, new TreeMap<>(accounts.writes()), receipts));
  }

  private BlockResult seal(BlockContext context, SortedMap<Bytes, Optional<Bytes>> accounts) {
    return seal(context, accounts, List.of());
  }

  private BlockResult seal(
      BlockContext context, SortedMap<Bytes, Optional<Bytes>> accounts, List<Receipt> receipts) {
    StateTree.Root parent = root;
    StateTree.Update update = new StateTree(pages, parent).update(parent.version() + 1, accounts);
    TreeMap<Bytes, Optional<Bytes>> batch = new TreeMap<>();
    accounts.forEach((key, value) -> batch.put(Bytes.concat(ACCOUNTS, key), value));
    update.pages().forEach((key, page) -> batch.put(Bytes.concat(PAGES, key), Optional.of(page)));
    update.stale().forEach(page -> batch.put(Bytes.concat(PAGES, page), Optional.empty()));
    batch.put(ROOT, Optional.of(encode(update.root())));
    roots.put(update.root().hash(), update.root());
    return new BlockResult(
        context,
        parent.hash(),
        update.root().hash(),
        List.of(),
        MerkleTree.ofHashes(List.of()).root(),
        receipts,
        List.of(),
        Optional.empty(),
        new Batch(batch));
  }

  @Override
  public void commit(BlockResult result) {
    StateTree.Root next = roots.get(result.stateRoot());
    if (next == null || !result.parentRoot().equals(root.hash())) {
      throw new IllegalStateException("not executed on the committed state");
    }
    store.apply(result.writes());
    root = next;
    roots.clear();
  }

  private static Bytes encode(StateTree.Root root) {
    return new CanonicalWriter().hash(root.hash()).u64(root.version()).toBytes();
  }

  private static StateTree.Root decode(Bytes bytes) {
    return CanonicalReader.decode(bytes, in -> new StateTree.Root(in.hash(), in.u64()));
  }
}
