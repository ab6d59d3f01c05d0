package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.CooperativeHtlcPort.Asking;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.SecretKey;
import dev.trestle.crypto.musig.KeyAggregate;
import dev.trestle.crypto.musig.Musig2;
import dev.trestle.crypto.musig.MusigCode;
import dev.trestle.crypto.musig.PublicNonce;
import dev.trestle.crypto.musig.SecretNonce;
import dev.trestle.crypto.musig.SigningSession;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Who asks for the signatures of one input, at every rate. Its nonces are in memory only: after a
 * crash there is nothing to resume, and the next session has other ones.
 */
final class CooperativeSigning implements Asking {
  private final KeyAggregate keys;
  private final SecretKey key;
  private final PublicKey other;
  private final List<Hash32> digests;
  private final List<SecretNonce> secrets = new ArrayList<>();
  private final List<PublicNonce> nonces;
  private final AtomicBoolean used = new AtomicBoolean();

  /**
   * @param other the key of who answers
   * @param digests one for each rate
   */
  CooperativeSigning(
      SecureRandom random,
      KeyAggregate keys,
      SecretKey key,
      PublicKey other,
      List<Hash32> digests) {
    this.keys = keys;
    this.key = key;
    this.other = other;
    this.digests = List.copyOf(digests);
    for (Hash32 digest : digests) {
      secrets.add(SecretNonce.generate(random, key, keys, digest.bytes()));
    }
    this.nonces = secrets.stream().map(SecretNonce::publicNonce).toList();
  }

  @Override
  public List<PublicNonce> nonces() {
    return nonces;
  }

  @Override
  public Verdict<List<SchnorrSignature>> finish(List<Musig2.Reply> replies) {
    if (used.getAndSet(true)) {
      throw new IllegalStateException("the nonces of this session were used");
    }
    try {
      if (replies.size() != digests.size()) {
        return Verdict.reject(
            MusigCode.WRONG_COUNT, replies.size() + " answers to " + digests.size());
      }
      Verdict<List<SchnorrSignature>> all = Verdict.accept(List.of());
      for (int i = 0; i < replies.size(); i++) {
        int rung = i;
        all =
            all.then(
                done ->
                    finish(rung, replies.get(rung)).then(next -> Verdict.accept(with(done, next))));
      }
      return all;
    } finally {
      close();
    }
  }

  private static List<SchnorrSignature> with(List<SchnorrSignature> done, SchnorrSignature next) {
    List<SchnorrSignature> more = new ArrayList<>(done);
    more.add(next);
    return List.copyOf(more);
  }

  private Verdict<SchnorrSignature> finish(int rung, Musig2.Reply reply) {
    Bytes message = digests.get(rung).bytes();
    SigningSession session =
        Musig2.sessionOf(List.of(nonces.get(rung), reply.nonce()), keys, message);
    if (!Musig2.verify(reply.share(), reply.nonce(), other, session)) {
      return Verdict.reject(
          MusigCode.INVALID_PARTIAL_SIGNATURE, "the answer at rate " + rung + " is wrong");
    }
    return Musig2.sign(secrets.get(rung), key, session)
        .then(own -> Musig2.aggregate(List.of(own, reply.share()), session));
  }

  @Override
  public void close() {
    used.set(true);
    secrets.forEach(SecretNonce::close);
  }
}
