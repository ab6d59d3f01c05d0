package dev.trestle.lightclient.trestle;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.crypto.Digests;
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
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.verifier.RelayChainClient.Era;
import dev.trestle.relay.verifier.VerifierCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class TrestleContractTest extends LightClientContract {
  private static final PaperHub HUB = new PaperHub("hub", 4, 7);

  @Override
  protected LightClient client() {
    return new TrestleFamily().client();
  }

  private static Claim packet(PaperHub hub, long height, long known) {
    return new Claim(
        new TrestlePath.InOutbox(height, hub.packet(height).id()).encode(),
        hub.packet(height).encode(),
        proof(hub, height, known, hub.outboxBranch(height)));
  }

  private static Claim entry(PaperHub hub, long height, long known) {
    return new Claim(
        new TrestlePath.InState(height, PaperHub.KEY).encode(),
        PaperHub.VALUE,
        proof(hub, height, known, hub.stateBranch(height, false)));
  }

  private static Input.Absence absence(PaperHub hub, long height, long known) {
    return new Input.Absence(
        new TrestlePath.InState(height, PaperHub.absentKey()).encode(),
        proof(hub, height, known, hub.stateBranch(height, true)));
  }

  private static Bytes proof(PaperHub hub, long height, long known, TrestleProof.Branch branch) {
    Optional<TrestleProof.Older> older =
        height == known ? Optional.empty() : Optional.of(hub.older(height, known));
    return new TrestleProof(known, older, branch).encode();
  }

  private static Bytes evidence(Optional<TrestleProof.Older> history, CertifiedHeader... blocks) {
    return new ForkEvidence(List.of(blocks), history).encode();
  }

  private static Bytes evidence(CertifiedHeader... blocks) {
    return evidence(Optional.empty(), blocks);
  }

  /** Anchor at 8, hand-over at 10, then 15 and 18. */
  private static Scenario scenario(PaperHub hub) {
    CertifiedHeader fifteen = hub.certified(hub.at(15));
    CertifiedHeader twin = hub.certified(hub.block(15, "twin"));
    CertifiedHeader sixteen = hub.certified(hub.block(16, "twin"));
    CertifiedHeader seventeen = hub.certified(hub.at(17));
    CertifiedHeader late = hub.certified(hub.block(19, "", 1, hub.at(18).timeMs()));
    RelayHeader afterwards = hub.block(9, "");
    CertifiedHeader old = hub.certified(afterwards);
    return new Scenario(
        hub.anchor(8).encode(),
        List.of(hub.update(9, 10), hub.update(15, 18)),
        PaperHub.NOW,
        List.of(packet(hub, 18, 18), packet(hub, 3, 15), entry(hub, 15, 15), entry(hub, 7, 18)),
        List.of(absence(hub, 18, 18), absence(hub, 12, 15)),
        List.of(
            evidence(fifteen),
            evidence(old, seventeen),
            evidence(seventeen, hub.certified(hub.at(20))),
            evidence(Optional.of(hub.older(17, 20)), seventeen, hub.certified(hub.at(20)))),
        List.of(
            evidence(twin),
            evidence(hub.certified(hub.at(16)), sixteen),
            evidence(Optional.of(hub.older(16, 20)), sixteen, hub.certified(hub.at(20))),
            evidence(late)));
  }

  @Override
  protected Scenario scenario() {
    return scenario(HUB);
  }

  @Override
  protected List<Scenario> scenariosForMutants() {
    return List.of(scenario(new PaperHub("second", 4, 4)), scenario(new PaperHub("third", 5, 4)));
  }

  /** Under a neighbouring key may stand nothing, too, and the same leaf shows it. */
  @Override
  protected boolean sameMeaning(Input original, Input mutant) {
    return original instanceof Input.Absence a
        && mutant instanceof Input.Absence b
        && a.proof().equals(b.proof());
  }

  @Override
  protected Bytes foreignAnchor() {
    return new PaperHub("another", 4, 4).anchor(8).encode();
  }

  @Override
  protected List<Forgery> forgeries() {
    List<Forgery> out = new ArrayList<>(signatureForgeries());
    out.addAll(blockForgeries());
    out.addAll(proofForgeries());
    return out;
  }

  private static List<Forgery> signatureForgeries() {
    RelayHeader header = HUB.at(15);
    return List.of(
        update(
            Attack.SIGNER_TWICE,
            VerifierCode.BAD_SIGNATURE,
            PaperHub.certified(header, HUB.second, HUB.chain, 0, 1, 2, 3, 3)),
        update(
            Attack.WRONG_KEY,
            VerifierCode.BAD_SIGNATURE,
            HUB.certified(header, PaperHub.keys("strangers", 7), 5)),
        update(
            Attack.WRONG_CHAIN,
            VerifierCode.BAD_SIGNATURE,
            PaperHub.certified(header, HUB.second, Digests.sha256(Bytes.EMPTY), 0, 1, 2, 3, 4)),
        update(
            Attack.WRONG_CHAIN,
            VerifierCode.WRONG_RELAY_CHAIN,
            otherHub().certified(otherHub().at(15))),
        update(Attack.STALE_SET, VerifierCode.MALFORMED, HUB.certified(header, HUB.first, 4)),
        update(Attack.FUTURE_SET, VerifierCode.WRONG_VALIDATORS, future()),
        update(
            Attack.BITS_BEYOND_SET, VerifierCode.BITS_BEYOND_SET, withBit(HUB.certified(header))),
        update(
            Attack.EMPTY_BATCH,
            VerifierCode.QUORUM_LOW,
            PaperHub.certified(header, HUB.second, HUB.chain)));
  }

  private static PaperHub otherHub() {
    return new PaperHub("another", 4, 7);
  }

  /** Certified by a set that the chain has not named. */
  private static CertifiedHeader future() {
    PaperHub other = new PaperHub("hub", 4, 8);
    return other.certified(other.at(15));
  }

  /** Bit 7 of a set of 7. */
  private static CertifiedHeader withBit(CertifiedHeader block) {
    byte[] certificate = block.certificate().toArray();
    int bitmap = 1 + 1 + 8 + 4 + 32 + 2;
    certificate[bitmap] |= (byte) 0x80;
    return new CertifiedHeader(block.header(), Bytes.wrap(certificate));
  }

  private static List<Forgery> blockForgeries() {
    CertifiedHeader ten = HUB.certified(HUB.block(10, "twin"));
    CertifiedHeader early = HUB.certified(HUB.block(15, "", 1, HUB.at(10).timeMs()));
    CertifiedHeader future = HUB.certified(HUB.block(15, "", 1, (PaperHub.NOW + 11) * 1_000));
    CertifiedHeader swapped =
        new CertifiedHeader(HUB.at(15).encode(), HUB.certified(HUB.at(16)).certificate());
    Bytes many = new CanonicalWriter().u8(1).u32(1_000_000).toBytes();
    Bytes none = new CanonicalWriter().u8(1).u32(0).toBytes();
    return List.of(
        update(Attack.WRONG_FORK, VerifierCode.UNKNOWN_ERA, ten),
        update(Attack.WRONG_HEIGHT, VerifierCode.OTHER_BLOCK, swapped),
        update(Attack.WRONG_HEIGHT, RejectionCode.TIME_TOO_OLD, early),
        update(Attack.FUTURE_CLOCK, RejectionCode.TIME_TOO_NEW, future),
        forged(Attack.UNBOUNDED_SIZE, RejectionCode.MALFORMED, many),
        forged(Attack.EMPTY_BATCH, RejectionCode.MALFORMED, none));
  }

  private static List<Forgery> proofForgeries() {
    Claim good = packet(HUB, 18, 18);
    List<Hash32> longer = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      longer.add(Hash32.ZERO);
    }
    Bytes beyond =
        new TrestleProof(
                18,
                Optional.empty(),
                new TrestleProof.Branch.Outbox(
                    2, 2, ((TrestleProof.Branch.Outbox) HUB.outboxBranch(18)).siblings()))
            .encode();
    Bytes overlong =
        new TrestleProof(18, Optional.empty(), new TrestleProof.Branch.Outbox(1, 2, longer))
            .encode();
    Bytes otherRoot = new TrestleProof(18, Optional.empty(), HUB.outboxBranch(15)).encode();
    Bytes unknown = new TrestleProof(14, Optional.empty(), HUB.outboxBranch(18)).encode();
    Bytes elsewhere = proof(HUB, 17, 18, HUB.outboxBranch(18));
    return List.of(
        claim(Attack.INDEX_BEYOND_COUNT, VerifierCode.PROOF_INVALID, good, beyond),
        claim(Attack.OVERLONG_PATH, VerifierCode.PROOF_INVALID, good, overlong),
        claim(Attack.WRONG_ROOT, VerifierCode.PROOF_INVALID, good, otherRoot),
        claim(Attack.WRONG_HEIGHT, RejectionCode.UNKNOWN_HEIGHT, good, unknown),
        claim(Attack.WRONG_HEIGHT, TrestleCode.OTHER_HEIGHT, good, elsewhere));
  }

  private static Forgery update(Attack attack, ReasonCode code, CertifiedHeader block) {
    return forged(
        attack,
        code,
        new TrestleUpdate(List.of(new TrestleUpdate.Step(block, Optional.empty()))).encode());
  }

  private static Forgery forged(Attack attack, ReasonCode code, Bytes message) {
    return new Forgery(
        attack, attack + " of a block", new Input.Update(message, PaperHub.NOW), code);
  }

  private static Forgery claim(Attack attack, ReasonCode code, Claim good, Bytes proof) {
    return new Forgery(
        attack,
        attack + " of a packet",
        new Input.Membership(new Claim(good.path(), good.value(), proof)),
        code);
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    return Map.of();
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    long head = HUB.at(10).timeMs() / 1_000;
    return Optional.of(new TrustWindow(head + 1_000, head + 1_001));
  }

  @Override
  protected Quorums quorums() {
    return new Quorums.EverySize(TrestleContractTest::quorum);
  }

  private static Quorums.Quorum quorum(int members) {
    if (members < 4 || members > Eras.MAX_VALIDATORS) {
      return new Quorums.Quorum.RefusedSize(resized(members));
    }
    PaperHub hub = new PaperHub("sized", members, 4);
    int threshold = 2 * members / 3 + 1;
    return new Quorums.Quorum.Formed(
        hub.anchor(8).encode(),
        List.of(),
        single(hub.certified(hub.at(9), hub.first, threshold)),
        single(hub.certified(hub.at(9), hub.first, threshold - 1)),
        VerifierCode.QUORUM_LOW,
        PaperHub.NOW);
  }

  private static Bytes single(CertifiedHeader block) {
    return new TrestleUpdate(List.of(new TrestleUpdate.Step(block, Optional.empty()))).encode();
  }

  /** An anchor with a set of another size, certified by nobody. */
  private static Bytes resized(int members) {
    TrestleAnchor like = HUB.anchor(8);
    return new TrestleAnchor(
            like.settings(),
            new Era(0, 1, PaperHub.addresses(PaperHub.keys("crowd", members))),
            like.block())
        .encode();
  }

  @Override
  protected String goldenStateHash() {
    return "3df3a263a7709514eb95aec3f480b69f4b02520012eaa96fafdb5e7d46292c7d";
  }
}
