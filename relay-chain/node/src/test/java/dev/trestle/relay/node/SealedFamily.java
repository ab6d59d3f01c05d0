package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Headers are numbers with their hash, and dear to check; counts how often that was done. */
final class SealedFamily implements LightClientFamily, LightClient {
  static final String TYPE = "sealed/1";

  /** Units that a header takes. */
  static final long UNITS = 1_000;

  private static final Bytes HEAD = Bytes.utf8("head");

  final AtomicInteger checked = new AtomicInteger();

  private record Next(HeaderRef head) implements VerifiedUpdate {}

  static Bytes anchor(long height) {
    return new CanonicalWriter().u64(height).toBytes();
  }

  /** The message that brings a header. */
  static Bytes header(long height) {
    return Bytes.concat(anchor(height), Digests.sha256(anchor(height)).bytes());
  }

  private static HeaderRef ref(long height) {
    return new HeaderRef(height, Digests.sha256(anchor(height)), 1);
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return this;
  }

  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    return Verdict.accept(ClientDelta.builder().put(HEAD, anchor).build());
  }

  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    checked.incrementAndGet();
    if (!budget.charge(UNITS)) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "header");
    }
    Hash32 seal;
    long height;
    try {
      CanonicalReader in = new CanonicalReader(message);
      height = in.u64();
      seal = in.hash();
      in.end();
    } catch (DecodeException malformed) {
      return Verdict.reject(RejectionCode.MALFORMED, "header");
    }
    if (!seal.equals(Digests.sha256(anchor(height)))) {
      return Verdict.reject(RejectionCode.HIGH_HASH, "seal");
    }
    return height == latest(view).height() + 1
        ? Verdict.accept(new Next(ref(height)))
        : Verdict.reject(RejectionCode.BAD_PREV, "height " + height);
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    return ClientDelta.builder().put(HEAD, anchor(update.head().height())).build();
  }

  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    return Verdict.reject(RejectionCode.NOT_SUPPORTED, "misbehaviour");
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    return Verdict.reject(RejectionCode.NOT_SUPPORTED, "facts");
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return Verdict.reject(RejectionCode.NOT_SUPPORTED, "facts");
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    return ClientStatus.ACTIVE;
  }

  @Override
  public HeaderRef latest(ClientView view) {
    return ref(CanonicalReader.decode(view.get(HEAD).orElseThrow(), CanonicalReader::u64));
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return Verdict.accept(1L);
  }

  @Override
  public Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds) {
    return Verdict.reject(RejectionCode.NOT_SUPPORTED, "recovery");
  }

  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    return Bytes.concat(rawHeaders.toArray(Bytes[]::new));
  }
}
