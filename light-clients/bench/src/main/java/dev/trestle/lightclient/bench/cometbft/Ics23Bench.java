package dev.trestle.lightclient.bench.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.cometbft.CometFamily;
import dev.trestle.lightclient.cometbft.StorePath;
import dev.trestle.proofs.ics23.CommitmentProof;
import dev.trestle.proofs.ics23.ExistenceProof;
import dev.trestle.proofs.ics23.HashOp;
import dev.trestle.proofs.ics23.Ics23Code;
import dev.trestle.proofs.ics23.InnerOp;
import dev.trestle.proofs.ics23.LeafOp;
import dev.trestle.proofs.ics23.LengthOp;
import dev.trestle.proofs.ics23.MerkleProof;
import dev.trestle.proofs.ics23.ProofSpec;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A packet commitment in an IAVL tree of 2<sup>20</sup> leaves, proved by 20 inner nodes: decoded
 * and verified, beside the bare SHA-256 of what is hashed on the way; and the same as a claim to
 * the client, under the store's proof of five more nodes. Nothing is remembered between two
 * verifications.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(1)
public class Ics23Bench {
  private static final int LEVELS = 20;
  private static final int STORE_LEVELS = 5;
  private static final String STORE = "ibc";
  private static final long AMPLE = 1L << 40;

  /** Left and right by turns. */
  private static final int LEAF = 0b0101_0101_0101_0101_0101;

  private final LightClient client = new CometFamily().client();
  private Bytes root = Bytes.EMPTY;
  private Bytes key = Bytes.EMPTY;
  private Bytes value = Bytes.EMPTY;
  private Bytes proof = Bytes.EMPTY;
  private byte[][] preimages = {};
  private ClientView view = absent -> Optional.empty();
  private Claim claim = new Claim(Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY);

  @Setup
  public void setUp() throws GeneralSecurityException {
    IavlTree tree = new IavlTree(LEVELS, LEAF);
    root = tree.root();
    key = tree.key();
    value = tree.value();
    CommitmentProof lower = new CommitmentProof.Exist(tree.proof());
    proof = lower.encode();
    preimages = tree.preimages().stream().map(Bytes::toArray).toArray(byte[][]::new);
    ExistenceProof upper = storeProof(root);
    Bytes path = new StorePath(Validators.TRUSTED_HEIGHT, STORE, key).encode();
    claim =
        new Claim(
            path,
            value,
            new MerkleProof(List.of(lower, new CommitmentProof.Exist(upper))).encode());
    Bytes anchor =
        Validators.of("validators", 4).anchor(new Hash32(upper.root().orThrow())).encode();
    view = client.initialize(anchor, new Budget(AMPLE)).orThrow().over(none -> Optional.empty());
    check();
  }

  /** The tree's root is the path's and the bare hashes', and no other value is proved. */
  private void check() throws GeneralSecurityException {
    int nodes = iavlProof().orThrow().path().size();
    claim().orThrow();
    Verdict<ExistenceProof> other =
        CommitmentProof.decode(proof).verifyMembership(ProofSpec.IAVL, key, key, value);
    if (nodes != LEVELS
        || !Bytes.wrap(bareSha256OfTheNodes()).equals(root)
        || !(other instanceof Verdict.Rejected<ExistenceProof> refused
            && refused.reason() == Ics23Code.ROOT_MISMATCH)) {
      throw new IllegalStateException("not a proof of " + LEVELS + " levels");
    }
  }

  private static ExistenceProof storeProof(Bytes storeRoot) {
    LeafOp leaf =
        new LeafOp(
            HashOp.SHA256, HashOp.NO_HASH, HashOp.SHA256, LengthOp.VAR_PROTO, Bytes.fromHex("00"));
    Bytes inner = Bytes.fromHex("01");
    List<InnerOp> path = new ArrayList<>();
    for (int i = 0; i < STORE_LEVELS; i++) {
      Bytes sibling = Digests.sha256(Bytes.utf8("store " + i)).bytes();
      path.add(
          i % 2 == 0
              ? new InnerOp(HashOp.SHA256, inner, sibling)
              : new InnerOp(HashOp.SHA256, Bytes.concat(inner, sibling), Bytes.EMPTY));
    }
    return new ExistenceProof(Bytes.utf8(STORE), storeRoot, Optional.of(leaf), path);
  }

  @Benchmark
  public Verdict<ExistenceProof> iavlProof() {
    return CommitmentProof.decode(proof).verifyMembership(ProofSpec.IAVL, root, key, value);
  }

  @Benchmark
  public Verdict<ProvenFact> claim() {
    return client.membership(view, claim, new Budget(AMPLE));
  }

  /** 22 hashes: the value, the leaf and 20 inner nodes. */
  @Benchmark
  public byte[] bareSha256OfTheNodes() throws GeneralSecurityException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    byte[] last = {};
    for (byte[] each : preimages) {
      last = sha256.digest(each);
    }
    return last;
  }
}
