package dev.trestle.relay.ledger.fake;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.HeaderRef;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A chain that exists: blocks with facts, from which updates and claims are made. */
public final class FakeChain {
  private final ChainId id;
  private final List<FakeHeader> headers = new ArrayList<>();
  private final List<List<Bytes>> facts = new ArrayList<>();
  private final TreeMap<Bytes, Bytes> state = new TreeMap<>();
  private long waited;

  public FakeChain(String caip2) {
    this.id = ChainId.parse(caip2);
    headers.add(
        new FakeHeader(
            Digests.sha256(Bytes.utf8(caip2)), 100, 1_700_000_000, FakeHeader.root(List.of())));
    facts.add(List.of());
  }

  /** A contract stores something in the next block. */
  public void store(Bytes key, Bytes value) {
    state.put(key, value);
  }

  /** What a contract has stored so far; empty for nothing. */
  public Bytes stored(Bytes key) {
    return state.getOrDefault(key, Bytes.EMPTY);
  }

  /** What a contract had stored after the block at {@code height}; empty for nothing. */
  public Bytes storedAt(long height, Bytes key) {
    return FakeState.value(facts.get((int) (height - 100)), key);
  }

  /** Unix seconds of the newest header. */
  public long seconds() {
    return headers.getLast().seconds();
  }

  /** Unix seconds of the header that comes next. */
  public long nextSeconds() {
    return seconds() + 600 + waited;
  }

  /** The next block comes so much later. */
  public void pass(long more) {
    waited += more;
  }

  /** Proof of what the block at {@code height} holds and does not hold. */
  public Bytes proof(long height) {
    return new CanonicalWriter()
        .u64(height)
        .list(facts.get((int) (height - 100)), CanonicalWriter::bytes)
        .toBytes();
  }

  public ChainId id() {
    return id;
  }

  public long height() {
    return headers.getLast().height();
  }

  public Bytes anchor() {
    return headers.getFirst().encode();
  }

  /** Adds a block and returns its raw header. */
  public Bytes mine(Bytes... block) {
    FakeHeader head = headers.getLast();
    List<Bytes> all = new ArrayList<>(List.of(block));
    if (!state.isEmpty()) {
      all.add(FakeState.fact(state));
    }
    headers.add(new FakeHeader(head.id(), head.height() + 1, nextSeconds(), FakeHeader.root(all)));
    waited = 0;
    facts.add(all);
    return headers.getLast().encode();
  }

  /** Another block at the next height, not added. */
  public Bytes fork(Bytes fact) {
    FakeHeader head = headers.getLast();
    return new FakeHeader(
            head.id(), head.height() + 1, head.seconds() + 600, FakeHeader.root(List.of(fact)))
        .encode();
  }

  public Bytes header(long height) {
    return headers.get((int) (height - 100)).encode();
  }

  public HeaderRef ref(long height) {
    return headers.get((int) (height - 100)).ref();
  }

  /** Client message with all headers above {@code height}. */
  public Bytes updateFrom(long height) {
    List<Bytes> raw = new ArrayList<>();
    for (FakeHeader header : headers) {
      if (header.height() > height) {
        raw.add(header.encode());
      }
    }
    return new FakeClient().encodeUpdate(raw);
  }

  /** Claim of a fact of the newest block that has it. */
  public Claim claim(Bytes fact) {
    for (int i = facts.size() - 1; i >= 0; i--) {
      if (facts.get(i).contains(fact)) {
        return new Claim(Digests.sha256(fact).bytes(), fact, proof(headers.get(i).height()));
      }
    }
    throw new IllegalArgumentException("no such fact");
  }

  /** A payment from nowhere. */
  public static FakeCustody.Tx payment(int salt, FakeCustody.Tx.Out... outputs) {
    Hash32 source = Digests.sha256(Bytes.utf8("source " + salt));
    return new FakeCustody.Tx(
        List.of(new CanonicalWriter().hash(source).u32(0).toBytes()), List.of(outputs));
  }
}
