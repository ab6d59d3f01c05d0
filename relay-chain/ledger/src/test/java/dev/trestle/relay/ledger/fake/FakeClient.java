package dev.trestle.relay.ledger.fake;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
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
public class FakeClient implements LightClient {
  static final Bytes HEAD = Bytes.utf8("head");
  private static final Bytes FROZEN = Bytes.utf8("frozen");
  private static final int MAX_HEADERS = 1_000;

  /** Ten years. */
  public static final long TRUSTING_SECONDS = 315_360_000;

  /** Six years. */
  public static final long STALE_SECONDS = 189_216_000;

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
    boolean isState = FakeState.isPath(claim.path());
    if (!isState && !claim.path().equals(Digests.sha256(claim.value()).bytes())) {
      return Verdict.reject(RejectionCode.PATH_MISMATCH, "path");
    }
    return block(view, claim.proof())
        .then(
            block -> {
              if (isState && FakeState.height(claim.path()) != block.header.height()) {
                return Verdict.reject(RejectionCode.PATH_MISMATCH, "another block");
              }
              boolean stands =
                  isState
                      ? !claim.value().isEmpty()
                          && FakeState.lookup(block.facts, claim.path()).equals(claim.value())
                      : block.facts.contains(claim.value());
              return stands
                  ? fact(view, claim.path(), claim.value(), block)
                  : Verdict.reject(RejectionCode.VALUE_MISMATCH, "not in the block");
            });
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    if (isFrozen(view)) {
      return Verdict.reject(RejectionCode.CLIENT_FROZEN, "frozen");
    }
    if (!FakeState.isPath(path)) {
      return Verdict.reject(RejectionCode.NOT_SUPPORTED, "no proofs of absence of a message");
    }
    return block(view, proof)
        .then(
            block -> {
              if (FakeState.height(path) != block.header.height()) {
                return Verdict.reject(RejectionCode.PATH_MISMATCH, "another block");
              }
              return FakeState.lookup(block.facts, path).isEmpty()
                  ? fact(view, path, Bytes.EMPTY, block)
                  : Verdict.reject(RejectionCode.VALUE_MISMATCH, "set");
            });
  }

  private record Block(FakeHeader header, List<Bytes> facts) {}

  private static Verdict<Block> block(ClientView view, Bytes proof) {
    long height;
    List<Bytes> facts;
    try {
      CanonicalReader in = new CanonicalReader(proof);
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
    return FakeHeader.root(facts).equals(header.get().factsRoot())
        ? Verdict.accept(new Block(header.get(), facts))
        : Verdict.reject(RejectionCode.ROOT_MISMATCH, "facts");
  }

  private static Verdict<ProvenFact> fact(ClientView view, Bytes path, Bytes value, Block block) {
    long confirmations = head(view).height() - block.header.height() + 1;
    return Verdict.accept(new ProvenFact(path, value, block.header.ref(), confirmations));
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    if (isFrozen(view)) {
      return ClientStatus.FROZEN;
    }
    long age = nowSeconds - head(view).seconds();
    if (age > TRUSTING_SECONDS) {
      return ClientStatus.EXPIRED;
    }
    return age > STALE_SECONDS ? ClientStatus.EXPIRING : ClientStatus.ACTIVE;
  }

  @Override
  public HeaderRef latest(ClientView view) {
    return head(view).ref();
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return view.get(at(height))
        .map(header -> Verdict.accept(FakeHeader.decode(header).seconds()))
        .orElseGet(() -> Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "height " + height));
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
