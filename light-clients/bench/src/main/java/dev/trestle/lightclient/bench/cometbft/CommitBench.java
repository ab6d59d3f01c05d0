package dev.trestle.lightclient.bench.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.cometbft.CometFamily;
import dev.trestle.lightclient.cometbft.Validator;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The next header of a chain with the commit of 100 validators, all of whom signed: from the bytes
 * of the update to the verdict of the client, beside nothing but the same 100 signatures checked by
 * Bouncy Castle and by the JDK.
 *
 * <p>Every invocation gets a commit that was signed for it outside of the measured time, over a
 * block that was not there before: none of its signatures can be in {@code KnownSignatures}, and
 * each costs the curve arithmetic. With keys {@code known} the validators are those of the block
 * before, as on a chain that is followed: their keys are decompressed, for the bare checks as well.
 * With keys {@code fresh} the validators are new in every invocation, too, and all three decompress
 * and check 100 keys that they never saw. The median is what to compare.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 3)
@Measurement(iterations = 10, time = 2)
@Fork(1)
public class CommitBench {
  private static final int VALIDATORS = 100;
  private static final long AMPLE = 1L << 40;

  /** DER of an Ed25519 key (RFC 8410 4) before its 32 bytes. */
  private static final Bytes DER = Bytes.fromHex("302a300506032b6570032100");

  @Param({"known", "fresh"})
  private String keys = "known";

  private final LightClient client = new CometFamily().client();
  private long blocks;
  private Validators validators = Validators.of("validators", VALIDATORS);
  private ClientView view = key -> Optional.empty();
  private Bytes message = Bytes.EMPTY;
  private byte[][] encodedKeys = {};
  private byte[][] signatures = {};
  private byte[][] signBytes = {};
  private Ed25519.PublicPoint[] points = {};
  private PublicKey[] publicKeys = {};

  /** The client and both libraries tell good signatures from bad ones. */
  @Setup(Level.Trial)
  public void check() throws GeneralSecurityException {
    follow();
    Validators.Signed block = validators.sign(Digests.sha256(Bytes.utf8("checked")));
    use(block.forged());
    if (bareBouncyCastle() != VALIDATORS - 1
        || bareJdk() != VALIDATORS - 1
        || !(trestle() instanceof Verdict.Rejected<VerifiedUpdate> refused
            && refused.reason() == RejectionCode.BAD_SIGNATURE)) {
      throw new IllegalStateException("a bad signature passed");
    }
    use(block);
    trestle().orThrow();
    if (bareBouncyCastle() != VALIDATORS || bareJdk() != VALIDATORS) {
      throw new IllegalStateException("a good signature was refused");
    }
  }

  /** Signs the next block, of new validators if they are to be fresh. */
  @Setup(Level.Invocation)
  public void sign() throws GeneralSecurityException {
    blocks++;
    if (isFresh()) {
      validators = Validators.of("validators of block " + blocks, VALIDATORS);
      follow();
    }
    use(validators.sign(Digests.sha256(Bytes.utf8("state after block " + blocks))));
  }

  private boolean isFresh() {
    return keys.equals("fresh");
  }

  private void follow() throws GeneralSecurityException {
    Bytes anchor = validators.anchor(Digests.sha256()).encode();
    view = client.initialize(anchor, new Budget(AMPLE)).orThrow().over(key -> Optional.empty());
    List<Validator> all = validators.set().validators();
    encodedKeys = all.stream().map(each -> each.key().toArray()).toArray(byte[][]::new);
    points = new Ed25519.PublicPoint[VALIDATORS];
    publicKeys = new PublicKey[VALIDATORS];
    for (int i = 0; i < VALIDATORS && !isFresh(); i++) {
      points[i] = bouncyCastleKey(i);
      publicKeys[i] = jdkKey(i);
    }
  }

  private void use(Validators.Signed block) {
    message = client.encodeUpdate(List.of(block.update()));
    signatures =
        block.votes().stream().map(each -> each.signature().toArray()).toArray(byte[][]::new);
    signBytes = block.messages().stream().map(Bytes::toArray).toArray(byte[][]::new);
  }

  private Ed25519.PublicPoint bouncyCastleKey(int i) {
    return Ed25519.validatePublicKeyPartialExport(encodedKeys[i], 0);
  }

  private PublicKey jdkKey(int i) throws GeneralSecurityException {
    byte[] der = Bytes.concat(DER, Bytes.of(encodedKeys[i])).toArray();
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
  }

  /** The whole verification. */
  @Benchmark
  public Verdict<VerifiedUpdate> trestle() {
    return client.verify(view, message, new Budget(AMPLE), Validators.NOW);
  }

  /** How many of the signatures are good. */
  @Benchmark
  public int bareBouncyCastle() {
    int good = 0;
    for (int i = 0; i < VALIDATORS; i++) {
      Ed25519.PublicPoint key = isFresh() ? bouncyCastleKey(i) : points[i];
      if (Ed25519.verify(signatures[i], 0, key, signBytes[i], 0, signBytes[i].length)) {
        good++;
      }
    }
    return good;
  }

  /** How many of the signatures are good. */
  @Benchmark
  public int bareJdk() throws GeneralSecurityException {
    Signature verifier = Signature.getInstance("Ed25519", "SunEC");
    int good = 0;
    for (int i = 0; i < VALIDATORS; i++) {
      verifier.initVerify(isFresh() ? jdkKey(i) : publicKeys[i]);
      verifier.update(signBytes[i]);
      if (verifier.verify(signatures[i])) {
        good++;
      }
    }
    return good;
  }
}
