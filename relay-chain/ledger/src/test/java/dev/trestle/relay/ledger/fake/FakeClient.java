package dev.trestle.relay.ledger.fake;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Follows one sealed chain of headers. A fact is any bytes; its path is its SHA-256; its proof
 * names the height and lists all facts of the block.
 */
class FakeClient implements LightClient {
  static final Bytes HEAD = Bytes.utf8("head");
  private static final Bytes FROZEN = Bytes.utf8("frozen");
  private static final int MAX_HEADERS = 1_000;

  record Update(List<FakeHeader> headers) implements VerifiedUpdate {
    @Override
    public HeaderRef head() {
      return headers.getLast().ref();
    }
  }

  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    try {
      return Verdict.accept(store(List.of(FakeHeader.decode(anchor))));
    } catch (RuntimeException malformed) {
      return Verdict.reject(RejectionCode.MALFORMED, "anchor");
    }
  }

  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    if (isFrozen(view)) {
      return Verdict.reject(RejectionCode.CLIENT_FROZEN, "frozen");
    }
    List<Bytes> raw;
    try {
      raw =
          CanonicalReader.decode(
              message, in -> in.list(MAX_HEADERS, r -> r.fixed(FakeHeader.SIZE)));
    } catch (RuntimeException malformed) {
      return Verdict.reject(RejectionCode.MALFORMED, "message");
    }
    if (!budget.charge(Math.max(1, raw.size()))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "headers");
    }
    FakeHeader head = head(view);
    List<FakeHeader> headers = new ArrayList<>();
    for (Bytes each : raw) {
      FakeHeader header;
      try {
        header = FakeHeader.decode(each);
      } catch (RuntimeException malformed) {
        return Verdict.reject(RejectionCode.HIGH_HASH, "seal");
      }
      if (!header.parent().equals(head.id()) || header.height() != head.height() + 1) {
        return Verdict.reject(RejectionCode.BAD_PREV, "height " + header.height());
      }
      headers.add(header);
      head = header;
    }
    return headers.isEmpty()
        ? Verdict.ignore(RejectionCode.NOTHING_NEW, "no header")
        : Verdict.accept(new Update(List.copyOf(headers)));
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    return store(((Update) update).headers());
  }

  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    return evidence.equals(Bytes.utf8("misbehaviour"))
        ? Verdict.accept(ClientDelta.builder().put(FROZEN, Bytes.utf8("1")).build())
        : Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "honest");
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    if (isFrozen(view)) {
      return Verdict.reject(RejectionCode.CLIENT_FROZEN, "frozen");
    }
    if (!claim.path().equals(dev.trestle.crypto.Digests.sha256(claim.value()).bytes())) {
      return Verdict.reject(RejectionCode.PATH_MISMATCH, "path");
    }
    long height;
    List<Bytes> facts;
    try {
      CanonicalReader in = new CanonicalReader(claim.proof());
      height = in.u64();
      facts = in.list(MAX_HEADERS, r -> r.bytes(Claim.MAX_VALUE));
      in.end();
    } catch (RuntimeException malformed) {
      return Verdict.reject(RejectionCode.MALFORMED, "proof");
    }
    Optional<FakeHeader> header = view.get(at(height)).map(FakeHeader::decode);
    if (header.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "height " + height);
    }
    if (!FakeHeader.root(facts).equals(header.get().factsRoot())) {
      return Verdict.reject(RejectionCode.ROOT_MISMATCH, "facts");
    }
    if (!facts.contains(claim.value())) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "not in the block");
    }
    return Verdict.accept(
        new ProvenFact(
            claim.path(), claim.value(), header.get().ref(), head(view).height() - height + 1));
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return Verdict.reject(RejectionCode.NOT_SUPPORTED, "no absence proofs");
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    return isFrozen(view) ? ClientStatus.FROZEN : ClientStatus.ACTIVE;
  }

  @Override
  public HeaderRef latest(ClientView view) {
    return head(view).ref();
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "not kept");
  }

  @Override
  public Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds) {
    FakeHeader head = head(substitute);
    return isFrozen(subject) && !isFrozen(substitute)
        ? Verdict.accept(
            ClientDelta.builder()
                .put(HEAD, head.encode())
                .put(at(head.height()), head.encode())
                .delete(FROZEN)
                .build())
        : Verdict.reject(RejectionCode.NOT_SUPPORTED, "nothing to recover");
  }

  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    return new CanonicalWriter().list(rawHeaders, CanonicalWriter::fixed).toBytes();
  }

  static FakeHeader head(ClientView view) {
    return FakeHeader.decode(view.get(HEAD).orElseThrow());
  }

  static boolean isFrozen(ClientView view) {
    return view.get(FROZEN).isPresent();
  }

  static ClientDelta store(List<FakeHeader> headers) {
    ClientDelta.Builder delta = ClientDelta.builder();
    headers.forEach(header -> delta.put(at(header.height()), header.encode()));
    return delta.put(HEAD, headers.getLast().encode()).build();
  }

  static Bytes at(long height) {
    return new CanonicalWriter().u8('h').u64(height).toBytes();
  }
}
