package dev.trestle.notary;

import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.AttestationRules;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.notary.CommitteeLedger.AttestedChain;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/**
 * Attests headers of one chain: those with a message of the bridge and, so that the client knows
 * the time, every so many blocks. Only what is final in the member's own view, only one block a
 * height. All members go through the same heights in the same order, one after the other: so they
 * agree on what is next, and no lower block is overtaken. Not thread-safe.
 */
final class HeaderAttester {
  private final MemberKeys keys;
  private final EquivocationGuard guard;
  private final ChainAdapter adapter;
  private final LightClientFamily family;
  private final AttestationRules rules;

  HeaderAttester(
      MemberKeys keys,
      EquivocationGuard guard,
      ChainAdapter adapter,
      LightClientFamily family,
      AttestationRules rules) {
    this.keys = keys;
    this.guard = guard;
    this.adapter = adapter;
    this.family = family;
    this.rules = rules;
  }

  /** A member's signature over a header that it has checked. */
  record Signed(RawHeader header, int member, EcdsaSignature signature) {}

  /**
   * The height that all members attest next: the lowest one that carries a message which the client
   * does not know, or the first multiple of the stride above the client's head. Pure.
   *
   * @param messages heights with messages that the client does not know
   * @param readUpTo height up to which {@code messages} is complete and final
   * @param clientHead head of the client
   */
  static OptionalLong next(
      NavigableSet<Long> messages, long readUpTo, long clientHead, long firstHeight, long stride) {
    long beat = Math.max(clientHead, firstHeight - 1) / stride * stride + stride;
    Long lowest = messages.isEmpty() ? Long.valueOf(beat) : messages.first();
    long height = Math.min(lowest, beat);
    return height <= readUpTo ? OptionalLong.of(height) : OptionalLong.empty();
  }

  /**
   * The next header that the committee needs, signed; empty if there is none to sign now.
   *
   * @param recorded what the relay chain remembers of this member at a height
   */
  Optional<Verdict<Signed>> attestNext(
      AttestedChain chain, OwnView own, LongFunction<Optional<Hash32>> recorded) {
    NavigableSet<Long> messages = own.messageHeights();
    messages.removeIf(height -> family.client().timestampAt(chain.state(), height).isAccepted());
    long head = family.client().latest(chain.state()).height();
    OptionalLong height = next(messages, own.readUpTo(), head, chain.firstHeight(), chain.stride());
    if (height.isEmpty()) {
      return Optional.empty();
    }
    long at = height.getAsLong();
    Verdict<Signed> verdict = attest(chain, at, own.readUpTo(), recorded.apply(at));
    if (verdict instanceof Verdict.Rejected<Signed>(ReasonCode reason, String detail)
        && reason == RejectionCode.STALE_HEIGHT) {
      messages.remove(at); // below what the client keeps: it will never be proved against
    }
    return Optional.of(verdict);
  }

  /**
   * Signs the header at {@code height} if it is final in the member's own view.
   *
   * @param finalHeight newest final height that the member's own node has shown
   * @param recorded what the relay chain remembers of this member at this height
   */
  Verdict<Signed> attest(
      AttestedChain chain, long height, long finalHeight, Optional<Hash32> recorded) {
    if (height > finalHeight) {
      return Verdict.later(NotaryCode.NOT_FINAL, "height " + height + " above " + finalHeight);
    }
    RawHeader header = Async.await(adapter.headers().at(height));
    return rules
        .target(chain.state(), header.raw())
        .then(target -> sign(chain, header, target, recorded));
  }

  private Verdict<Signed> sign(
      AttestedChain chain,
      RawHeader header,
      AttestationRules.Target target,
      Optional<Hash32> recorded) {
    boolean same =
        target.header().id().equals(header.ref().id())
            && target.header().height() == header.ref().height();
    if (!same) {
      return Verdict.reject(NotaryCode.HEADER_MISMATCH, "the bytes are another block");
    }
    Hash32 block = target.header().id();
    long height = target.header().height();
    if (recorded.isPresent()) {
      // The relay chain remembers a signature: if the guard does not, it is not the guard that was.
      return guard.attested(chain.chain(), target.epoch(), height).equals(recorded)
          ? Verdict.ignore(NotaryCode.ALREADY_SENT, "height " + height)
          : Verdict.reject(NotaryCode.GUARD_ROLLED_BACK, "signed before: " + recorded.get());
    }
    GuardRecord.Header record =
        new GuardRecord.Header(chain.chain(), target.epoch(), height, block);
    return guard.bind(record).then(bound -> produce(chain, header, target));
  }

  /** Only after the guard has the block on the disk. */
  private Verdict<Signed> produce(
      AttestedChain chain, RawHeader header, AttestationRules.Target target) {
    EcdsaSignature signature = Secp256k1.instance().signEcdsa(target.digest(), keys.attestation());
    return rules
        .signer(chain.state(), header.raw(), signature)
        .then(member -> Verdict.accept(new Signed(header, member, signature)));
  }
}
