package dev.trestle.relay.ledger.fake;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Claim;
import java.util.ArrayList;
import java.util.List;

/** A chain that exists: blocks with facts, from which updates and claims are made. */
public final class FakeChain {
  private final ChainId id;
  private final List<FakeHeader> headers = new ArrayList<>();
  private final List<List<Bytes>> facts = new ArrayList<>();

  public FakeChain(String caip2) {
    this.id = ChainId.parse(caip2);
    headers.add(
        new FakeHeader(
            Digests.sha256(Bytes.utf8(caip2)), 100, 1_700_000_000, FakeHeader.root(List.of())));
    facts.add(List.of());
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
    List<Bytes> all = List.of(block);
    headers.add(
        new FakeHeader(head.id(), head.height() + 1, head.seconds() + 600, FakeHeader.root(all)));
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
        Bytes proof =
            new CanonicalWriter()
                .u64(headers.get(i).height())
                .list(facts.get(i), CanonicalWriter::bytes)
                .toBytes();
        return new Claim(Digests.sha256(fact).bytes(), fact, proof);
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
