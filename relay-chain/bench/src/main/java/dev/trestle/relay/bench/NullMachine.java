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
import dev.trestle.relay.node.Admitted;
import dev.trestle.relay.node.StateMachine;
import dev.trestle.relay.node.ValidatorSets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A machine without state, to measure ordering alone: operations {@code 33-byte client key | u64
 * number} that nobody signs and that do nothing, as the empty requests of other systems'
 * benchmarks. Consensus, log, disk and network are those of the product.
 */
final class NullMachine implements StateMachine {
  private static final Hash32 ROOT = Digests.sha256(Bytes.utf8("the null machine has no state"));
  private static final Bytes MARK = Bytes.utf8("null");

  private final ValidatorSets validators;
  private final KeyValueStore store;
  private final Map<Bytes, PublicKey> keys = new ConcurrentHashMap<>();

  NullMachine(Genesis genesis, KeyValueStore store) {
    this.validators = ValidatorSets.fixed(genesis);
    this.store = store;
  }

  static Bytes operation(PublicKey client, long number) {
    return new CanonicalWriter().fixed(client.compressed()).u64(number).toBytes();
  }

  @Override
  public Verdict<Admitted> admit(Bytes encoded) {
    try {
      return Verdict.accept(decode(encoded));
    } catch (DecodeException e) {
      return Verdict.reject(LedgerCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private Admitted decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded,
        in -> {
          PublicKey sender = keys.computeIfAbsent(in.fixed(PublicKey.SIZE), PublicKey::new);
          return new Admitted(Digests.sha256(encoded), sender, in.u64(), encoded);
        });
  }

  @Override
  public long nextNonce(PublicKey sender) {
    return 0; // every network of a benchmark is new
  }

  @Override
  public Hash32 stateRoot() {
    return ROOT;
  }

  @Override
  public ValidatorSets validators() {
    return validators;
  }

  @Override
  public Verdict<BlockResult> execute(BlockContext context, List<Bytes> transactions) {
    List<Receipt> receipts = new ArrayList<>(transactions.size());
    for (Bytes each : transactions) {
      receipts.add(
          new Receipt(Digests.sha256(each), Receipt.Outcome.APPLIED, Receipt.OK, "", List.of()));
    }
    TreeMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
    writes.put(MARK, Optional.of(new CanonicalWriter().u64(context.height()).toBytes()));
    return Verdict.accept(
        new BlockResult(
            context,
            ROOT,
            ROOT,
            List.of(),
            MerkleTree.ofHashes(List.of()).root(),
            receipts,
            List.of(),
            Optional.empty(),
            new Batch(writes)));
  }

  @Override
  public void commit(BlockResult result) {
    store.apply(result.writes());
  }
}
