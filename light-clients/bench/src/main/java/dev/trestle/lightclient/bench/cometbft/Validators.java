package dev.trestle.lightclient.bench.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.cometbft.BlockId;
import dev.trestle.lightclient.cometbft.CanonicalVote;
import dev.trestle.lightclient.cometbft.CometAnchor;
import dev.trestle.lightclient.cometbft.Commit;
import dev.trestle.lightclient.cometbft.CommitSignature;
import dev.trestle.lightclient.cometbft.Header;
import dev.trestle.lightclient.cometbft.SignedHeader;
import dev.trestle.lightclient.cometbft.TrustLevel;
import dev.trestle.lightclient.cometbft.TrustOptions;
import dev.trestle.lightclient.cometbft.UpdateHeader;
import dev.trestle.lightclient.cometbft.Validator;
import dev.trestle.lightclient.cometbft.ValidatorSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Validators that make blocks of a chain and sign them, each with its own key.
 *
 * @param secrets in the order of {@code set}
 */
record Validators(List<Bytes> secrets, ValidatorSet set) {
  static final String CHAIN = "bench-4";
  static final long TRUSTED_HEIGHT = 23_456_789;
  static final long NOW = 1_700_000_100;

  private static final Instant TRUSTED_TIME = Instant.ofEpochSecond(NOW - 100);
  private static final Bytes FILLER = Digests.sha256(Bytes.utf8("filler")).bytes();

  /** {@code count} keys that {@code seed} decides, with powers that fall from the first on. */
  static Validators of(String seed, int count) {
    List<Bytes> secrets = new ArrayList<>();
    List<Validator> validators = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Bytes secret = Digests.sha256(Bytes.utf8(seed + " " + i)).bytes();
      byte[] key = new byte[Ed25519.PUBLIC_KEY_SIZE];
      Ed25519.generatePublicKey(secret.toArray(), 0, key, 0);
      secrets.add(secret);
      validators.add(Validator.of(Bytes.wrap(key), 1_000_000L + count - i));
    }
    return new Validators(secrets, new ValidatorSet(validators));
  }

  /** Trust in a header of {@link #TRUSTED_HEIGHT} that names these validators as the next ones. */
  CometAnchor anchor(Hash32 appHash) {
    return new CometAnchor(
        new TrustOptions(TrustLevel.ONE_THIRD, Duration.ofDays(14), Duration.ofSeconds(10)),
        Duration.ofDays(21),
        header(TRUSTED_HEIGHT, TRUSTED_TIME, appHash));
  }

  private Header header(long height, Instant time, Hash32 appHash) {
    return new Header(
        11,
        1,
        CHAIN,
        height,
        time,
        new BlockId(FILLER, 1, FILLER),
        FILLER,
        FILLER,
        set.hash().bytes(),
        set.hash().bytes(),
        FILLER,
        appHash.bytes(),
        FILLER,
        FILLER,
        set.validators().getFirst().address());
  }

  /** The block after the trusted one, with this application hash, signed by all. */
  Signed sign(Hash32 appHash) {
    Header header = header(TRUSTED_HEIGHT + 1, TRUSTED_TIME.plusSeconds(6), appHash);
    BlockId id = new BlockId(header.hash().bytes(), 1, FILLER);
    List<Bytes> messages = new ArrayList<>();
    List<CommitSignature> votes = new ArrayList<>();
    for (int i = 0; i < secrets.size(); i++) {
      Instant time = header.time().plusNanos(1_000_003L * i);
      Bytes message =
          new CanonicalVote(
                  CanonicalVote.PRECOMMIT, header.height(), 0, Optional.of(id), time, CHAIN)
              .signBytes();
      Validator validator = set.validators().get(i);
      messages.add(message);
      votes.add(
          new CommitSignature(
              CommitSignature.Vote.COMMIT,
              validator.address(),
              time,
              sign(secrets.get(i), validator.key(), message)));
    }
    return new Signed(this, header, id, messages, votes);
  }

  private static Bytes sign(Bytes secret, Bytes key, Bytes message) {
    byte[] out = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(
        secret.toArray(), 0, key.toArray(), 0, message.toArray(), 0, message.size(), out, 0);
    return Bytes.wrap(out);
  }

  /**
   * A block with a vote of each validator.
   *
   * @param messages what was signed, in the order of the validators
   */
  record Signed(
      Validators by, Header header, BlockId id, List<Bytes> messages, List<CommitSignature> votes) {
    /** As a relayer sends it. */
    Bytes update() {
      return new UpdateHeader(
              new SignedHeader(header, new Commit(header.height(), 0, id, votes)),
              by.set,
              CometAnchor.revisionOf(CHAIN),
              TRUSTED_HEIGHT,
              by.set)
          .encode();
    }

    /** With a signature of the last validator in which one bit of the scalar is wrong. */
    Signed forged() {
      List<CommitSignature> wrong = new ArrayList<>(votes);
      CommitSignature last = wrong.removeLast();
      byte[] signature = last.signature().toArray();
      signature[32] ^= 1;
      wrong.add(
          new CommitSignature(
              last.vote(), last.address(), last.timestamp(), Bytes.wrap(signature)));
      return new Signed(by, header, id, messages, wrong);
    }
  }
}
