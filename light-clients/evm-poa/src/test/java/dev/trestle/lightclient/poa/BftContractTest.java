package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.contract.LightClientContract;
import dev.trestle.lightclient.contract.Quorums;
import dev.trestle.lightclient.contract.Scenario;
import dev.trestle.lightclient.contract.TrustWindow;
import dev.trestle.lightclient.evm.EvmFixture;
import dev.trestle.lightclient.evm.EvmPath;
import dev.trestle.lightclient.evm.EvmProof;
import dev.trestle.lightclient.poa.PoaSettings.Consensus;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The contract over a BFT chain of four validators that vote in a fifth. */
abstract class BftContractTest extends LightClientContract {
  private static final long NOW = PoaChain.GENESIS_TIME + 5 * 40;
  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  private final Consensus consensus;
  private final PoaChain chain;
  private final Scenario scenario;

  BftContractTest(Consensus consensus) {
    this.consensus = consensus;
    this.chain = chain(consensus, "contract");
    this.scenario = scenario(chain);
  }

  /** Blocks 30 to 35; the votes in 31 to 33 bring the fifth validator in from 34 on. */
  static PoaChain chain(Consensus consensus, String seed) {
    PoaChain chain = new PoaChain(consensus, seed, 7);
    chain.add(30, chain.draft(30).listing(0, 1, 2, 3).sealedBy(0, 1, 2));
    for (int i = 0; i < 3; i++) {
      chain.add(
          31 + i,
          chain
              .draft(31 + i)
              .listing(0, 1, 2, 3)
              .proposedBy(i)
              .voting(4, true)
              .sealedBy(i, (i + 1) % 4, (i + 2) % 4));
    }
    chain.add(34, chain.draft(34).listing(0, 1, 2, 3, 4).sealedBy(0, 1, 3, 4));
    chain.add(35, chain.draft(35).listing(0, 1, 2, 3, 4).sealedBy(0, 1, 2, 3, 4));
    return chain;
  }

  private static PoaChain.Draft next(PoaChain chain) {
    return chain.draft(36).listing(0, 1, 2, 3, 4);
  }

  /** A block of another chain that the same validators run with the same keys: no header says. */
  private static Bytes sister(PoaChain chain, long number) {
    return chain
        .draft(number)
        .listing(0, 1, 2, 3, 4)
        .childOf(chain.world.hash("sister", number - 1))
        .variant("sister")
        .sealedBy(0, 1, 2, 3);
  }

  private static Scenario scenario(PoaChain chain) {
    EvmFixture world = chain.world;
    Bytes otherRound = chain.draft(35).listing(0, 1, 2, 3, 4).inRound(2).sealedBy(0, 1, 2, 4);
    Bytes fork = chain.draft(35).listing(0, 1, 2, 3, 4).variant("fork").sealedBy(0, 1, 2, 3);
    Bytes progress = next(chain).sealedBy(0, 1, 2, 3);
    Bytes contrary = next(chain).variant("contrary").sealedBy(1, 2, 3, 4);
    Bytes sister = sister(chain, 35);
    EvmAddress nobody = world.absentAddress(35);
    Hash32 slot = world.freeSlot(33);
    return new Scenario(
        new PoaAnchor(chain.settings(false), chain.header(30)).encode(),
        List.of(
            new PoaMessage(List.of(chain.header(31), chain.header(32), chain.header(33))).encode(),
            new PoaMessage(List.of(chain.header(34), chain.header(35))).encode()),
        NOW,
        List.of(
            world.logClaim(35, 35, 1, 0),
            world.logClaim(35, 33, 2, 1),
            world.accountClaim(31, 31),
            world.storageClaim(34, 32)),
        List.of(
            new Input.Absence(
                new EvmPath.Account(35, nobody).encode(),
                world.accountProof(35, 35, nobody).encode()),
            new Input.Absence(
                new EvmPath.Storage(33, EvmFixture.CONTRACT, slot).encode(),
                world.storageProof(33, 33, slot).encode())),
        List.of(
            Equivocation.encode(List.of(chain.header(35))),
            Equivocation.encode(List.of(otherRound)),
            Equivocation.encode(List.of(progress)),
            Equivocation.encode(List.of(progress, progress)),
            Equivocation.encode(List.of(otherRound, progress)),
            Equivocation.encode(List.of(sister)),
            Equivocation.encode(List.of(sister(chain, 36))),
            Equivocation.encode(List.of(progress, sister(chain, 36))),
            Equivocation.encode(List.of(sister, progress))),
        List.of(
            Equivocation.encode(List.of(fork)),
            Equivocation.encode(List.of(chain.header(35), fork)),
            Equivocation.encode(List.of(progress, contrary))));
  }

  @Override
  protected LightClient client() {
    return new PoaFamily().client();
  }

  @Override
  protected Scenario scenario() {
    return scenario;
  }

  @Override
  protected List<Scenario> scenariosForMutants() {
    return List.of(scenario(chain(consensus, "mutants")));
  }

  @Override
  protected Bytes foreignAnchor() {
    PoaSettings own = chain.settings(false);
    return new PoaAnchor(
            new PoaSettings(
                ChainId.parse("eip155:1"), consensus, own.epochLength(), false, 0, 604_800),
            chain.header(30))
        .encode();
  }

  @Override
  protected List<Forgery> forgeries() {
    List<Forgery> all = new ArrayList<>(headerForgeries());
    all.addAll(sealForgeries());
    all.addAll(proofForgeries());
    return all;
  }

  private PoaChain.Draft draft() {
    return chain.draft(34).listing(0, 1, 2, 3, 4);
  }

  private List<Forgery> headerForgeries() {
    PoaChain other = chain(consensus, "another");
    byte[] flood = new PoaMessage(List.of(chain.header(34))).encode().toArray();
    flood[1] = (byte) 0x7f; // number of headers
    byte[] empty = {1, 0, 0, 0, 0};
    return List.of(
        update(Attack.WRONG_CHAIN, "another genesis", other.header(34), PoaCode.NOT_A_CHILD),
        update(
            Attack.WRONG_FORK,
            "child of a sibling",
            draft().childOf(chain.hash(32)).sealedBy(0, 1, 2, 3),
            PoaCode.NOT_A_CHILD),
        update(Attack.WRONG_HEIGHT, "one left out", chain.header(35), PoaCode.NOT_A_CHILD),
        update(
            Attack.STALE_SET,
            "the four before",
            chain.draft(34).listing(0, 1, 2, 3).sealedBy(0, 1, 2, 3),
            PoaCode.VALIDATORS_DIFFER_FROM_PARENT_STATE),
        update(
            Attack.FUTURE_SET,
            "a sixth without vote",
            chain.draft(34).listing(0, 1, 2, 3, 4, 5).sealedBy(0, 1, 2, 3, 4, 5),
            PoaCode.VALIDATORS_DIFFER_FROM_PARENT_STATE),
        update(
            Attack.FUTURE_CLOCK,
            "61 seconds ahead",
            draft().at(NOW + 61).sealedBy(0, 1, 2, 3),
            RejectionCode.TIME_TOO_NEW),
        update(
            Attack.WRONG_FORK,
            "as old as its parent",
            draft().at(PoaChain.GENESIS_TIME + 5 * 33).sealedBy(0, 1, 2, 3),
            PoaCode.TIME_NOT_AFTER_PARENT),
        raw(Attack.EMPTY_BATCH, Bytes.wrap(empty)),
        raw(Attack.UNBOUNDED_SIZE, Bytes.wrap(flood)));
  }

  private List<Forgery> sealForgeries() {
    Hash32 digest = draft().commitHash();
    List<Bytes> seals =
        IntStream.range(0, 4).mapToObj(i -> PoaChain.seal(chain.keys.get(i), digest)).toList();
    List<Bytes> twice = List.of(seals.get(0), seals.get(1), seals.get(2), seals.get(2));
    List<Bytes> mirrored = List.of(seals.get(0), seals.get(1), seals.get(2), mirror(seals.get(2)));
    return List.of(
        update(
            Attack.WRONG_KEY,
            "a stranger",
            draft().sealedBy(0, 1, 2, 6),
            PoaCode.SEAL_FROM_NON_VALIDATOR),
        update(
            Attack.SIGNER_TWICE, "the same seal", draft().withSeals(twice), PoaCode.DUPLICATE_SEAL),
        update(Attack.SIGNER_TWICE, "n - s", draft().withSeals(mirrored), PoaCode.DUPLICATE_SEAL),
        update(
            Attack.WRONG_KEY,
            "proposed by a stranger",
            draft().proposedBy(6).sealedBy(0, 1, 2, 3),
            PoaCode.PROPOSER_NOT_VALIDATOR));
  }

  /** The other signature of the same key over the same digest. */
  static Bytes mirror(Bytes seal) {
    BigInteger s = new BigInteger(1, seal.slice(32, 64).toArray());
    Bytes mirrored = Bytes.fromHex(String.format("%064x", ORDER.subtract(s)));
    byte[] v = {(byte) (1 - seal.at(64))};
    return Bytes.concat(seal.slice(0, 32), mirrored, Bytes.wrap(v));
  }

  private List<Forgery> proofForgeries() {
    Claim good = chain.world.logClaim(35, 35, 1, 0);
    EvmProof proof = EvmProof.decode(good.proof());
    List<Bytes> more = new ArrayList<>(proof.nodes());
    more.add(more.getLast());
    EvmProof elsewhere =
        EvmProof.at(
            35, EvmProof.decode(chain.world.logClaim(33, 33, 1, 0).proof()).nodes(), List.of());
    Bytes flood =
        new CanonicalWriter()
            .u64(35)
            .list(
                Collections.nCopies(EvmProof.MAX_HEADERS + 1, Bytes.EMPTY), CanonicalWriter::bytes)
            .toBytes();
    return List.of(
        claim(Attack.WRONG_ROOT, with(good, elsewhere), RejectionCode.ROOT_MISMATCH),
        claim(
            Attack.WRONG_HEIGHT,
            new Claim(
                new EvmPath.Log(36, EvmFixture.CONTRACT, 1, 0).encode(),
                good.value(),
                EvmProof.at(36, proof.nodes(), List.of()).encode()),
            RejectionCode.UNKNOWN_HEIGHT),
        claim(
            Attack.OVERLONG_PATH,
            with(good, EvmProof.at(35, more, List.of())),
            RejectionCode.BRANCH_LENGTH),
        claim(
            Attack.EMPTY_BATCH,
            with(good, EvmProof.at(35, List.of(), List.of())),
            RejectionCode.BRANCH_LENGTH),
        claim(
            Attack.INDEX_BEYOND_COUNT,
            new Claim(
                new EvmPath.Log(35, EvmFixture.CONTRACT, 1, 2).encode(),
                good.value(),
                good.proof()),
            RejectionCode.INDEX_OUT_OF_RANGE),
        claim(
            Attack.UNBOUNDED_SIZE,
            new Claim(good.path(), good.value(), flood),
            RejectionCode.MALFORMED));
  }

  private static Claim with(Claim claim, EvmProof proof) {
    return new Claim(claim.path(), claim.value(), proof.encode());
  }

  private static Forgery update(Attack attack, String name, Bytes header, ReasonCode code) {
    Bytes message = new PoaMessage(List.of(header)).encode();
    return new Forgery(attack, name, new Input.Update(message, NOW), code);
  }

  private static Forgery raw(Attack attack, Bytes message) {
    return new Forgery(attack, "raw", new Input.Update(message, NOW), RejectionCode.MALFORMED);
  }

  private static Forgery claim(Attack attack, Claim claim, ReasonCode code) {
    return new Forgery(attack, "a claim", new Input.Membership(claim), code);
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    return Map.of(Attack.BITS_BEYOND_SET, "seals name their signers by recovery, not by bits");
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    long seen = PoaChain.GENESIS_TIME + 5 * 33;
    return Optional.of(new TrustWindow(seen + 604_800, seen + 604_801));
  }

  @Override
  protected Quorums quorums() {
    PoaChain crowd = new PoaChain(consensus, "crowd", 600);
    return new Quorums.EverySize(members -> quorum(crowd, members));
  }

  static Quorums.Quorum quorum(PoaChain crowd, int members) {
    int[] all = IntStream.range(0, members).toArray();
    int quorum = (2 * members + 2) / 3;
    Bytes anchor = crowd.add(30, crowd.draft(30).listing(all).sealedBy());
    PoaChain.Draft draft = crowd.draft(31).listing(all);
    Hash32 digest = draft.commitHash();
    List<Bytes> seals =
        IntStream.range(members - quorum, members)
            .mapToObj(i -> PoaChain.seal(crowd.keys.get(i), digest))
            .toList();
    return new Quorums.Quorum.Formed(
        new PoaAnchor(crowd.settings(false), anchor).encode(),
        List.of(),
        new PoaMessage(List.of(draft.withSeals(seals))).encode(),
        new PoaMessage(List.of(draft.withSeals(seals.subList(1, quorum)))).encode(),
        PoaCode.INSUFFICIENT_SEALS,
        NOW);
  }
}
