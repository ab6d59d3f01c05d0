package dev.trestle.lightclient.attested;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
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
import dev.trestle.proofs.MerklePatriciaTrie;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.ReceiptProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

class AttestedContractTest extends LightClientContract {
  private static final long HEIGHT = 150;
  private static final Fixture SEVEN = new Fixture(7, 5);
  private static final MerklePatriciaTrie RECEIPTS = receipts();

  /** Of the scenario's last block: no two blocks may say the same, or a mutant is another truth. */
  private static final MerklePatriciaTrie FEWER =
      ReceiptProof.trie(Fixture.receipts(true, Fixture.transferSent()));

  /** What the attested chain has stored. */
  private static final EvmFixture WORLD = new EvmFixture("attested", number -> Bytes.EMPTY);

  private static MerklePatriciaTrie receipts() {
    return ReceiptProof.trie(
        Fixture.receipts(true, Fixture.transferSent(), Fixture.packetReceived()));
  }

  @Override
  protected LightClient client() {
    return new AttestedEvmFamily().client();
  }

  private static Bytes header(long height, String salt) {
    Hash32 root = height % 10 == 4 ? FEWER.root() : RECEIPTS.root();
    Hash32 state = WORLD.state(height).root();
    return Fixture.header(height, Hash32.ZERO, state, root, Fixture.NOW + height, salt);
  }

  private static Input.Absence absence(long height) {
    Hash32 slot = WORLD.freeSlot(height);
    return new Input.Absence(
        new EvmPath.Storage(height, EvmFixture.CONTRACT, slot).encode(),
        WORLD.storageProof(height, height, slot).encode());
  }

  private static Claim claim(long height, long transaction, long log, EvmLog value) {
    return new LogPosition(height, Fixture.BRIDGE, transaction, log)
        .claim(value, (height % 10 == 4 ? FEWER : RECEIPTS).prove(ReceiptProof.key(1)));
  }

  private static Scenario scenario(Fixture fixture, long height) {
    int[] signers = IntStream.range(0, fixture.anchor.threshold()).toArray();
    Bytes first = header(height, "");
    Bytes last = header(height + 4, "");
    Bytes child =
        Fixture.header(
            height + 5, EvmHeader.decode(last).hash(), Hash32.ZERO, Fixture.NOW + height + 5, "");
    Bytes update = fixture.update(last, signers);
    Bytes progress = fixture.update(child, signers);
    Bytes fork = fixture.update(header(height + 4, "fork"), signers);
    Bytes other = fixture.update(header(height + 9, "a"), signers);
    Bytes contrary = fixture.update(header(height + 9, "b"), signers);
    return new Scenario(
        fixture.anchor.encode(),
        List.of(fixture.update(first, signers), update),
        Fixture.NOW,
        List.of(
            claim(height, 1, 0, Fixture.transferSent()),
            claim(height, 1, 1, Fixture.packetReceived()),
            claim(height + 4, 1, 0, Fixture.transferSent())),
        List.of(absence(height), absence(height + 4)),
        List.of(
            AttestedUpdate.evidence(List.of(update)),
            AttestedUpdate.evidence(List.of(progress)),
            AttestedUpdate.evidence(List.of(progress, other)),
            AttestedUpdate.evidence(List.of(progress, progress))),
        List.of(
            AttestedUpdate.evidence(List.of(fork)),
            AttestedUpdate.evidence(List.of(other, contrary))));
  }

  @Override
  protected Scenario scenario() {
    return scenario(SEVEN, HEIGHT);
  }

  @Override
  protected List<Scenario> scenariosForMutants() {
    return List.of(
        scenario(new Fixture(4, 3), 200),
        scenario(new Fixture(5, 5), 300),
        scenario(new Fixture(10, 7), 400));
  }

  @Override
  protected Bytes foreignAnchor() {
    AttestedAnchor own = SEVEN.anchor;
    return new AttestedAnchor(
            own.hubId(),
            ChainId.parse("eip155:1"),
            own.epoch(),
            own.members(),
            own.threshold(),
            own.firstHeight(),
            own.trustedFromSeconds(),
            own.trustingPeriodSeconds())
        .encode();
  }

  @Override
  protected List<Forgery> forgeries() {
    List<Forgery> out = new ArrayList<>(signatureForgeries());
    out.addAll(messageForgeries());
    out.addAll(proofForgeries());
    return out;
  }

  private static List<Forgery> signatureForgeries() {
    Bytes last = header(HEIGHT + 4, "");
    EvmHeader decoded = EvmHeader.decode(last);
    SortedMap<Integer, EcdsaSignature> twice = SEVEN.signatures(last, 0, 1, 2, 3, 4);
    twice.put(4, SEVEN.sign(1, last));
    SortedMap<Integer, EcdsaSignature> stranger = SEVEN.signatures(last, 0, 1, 2, 3, 4);
    stranger.put(4, new Fixture(9, 7).sign(8, last));
    SortedMap<Integer, EcdsaSignature> otherChain = new TreeMap<>();
    SortedMap<Integer, EcdsaSignature> otherHub = new TreeMap<>();
    SortedMap<Integer, EcdsaSignature> otherHeight = new TreeMap<>();
    for (int i = 0; i < 5; i++) {
      otherChain.put(
          i,
          attest(Fixture.HUB, "eip155:1", decoded.number(), decoded.hash())
              .sign(SEVEN.keys.get(i)));
      otherHub.put(
          i,
          attest(decoded.hash(), Fixture.CHAIN.toString(), decoded.number(), decoded.hash())
              .sign(SEVEN.keys.get(i)));
      otherHeight.put(
          i,
          attest(Fixture.HUB, Fixture.CHAIN.toString(), decoded.number() + 1, decoded.hash())
              .sign(SEVEN.keys.get(i)));
    }
    return List.of(
        update(Attack.SIGNER_TWICE, "twice", Fixture.EPOCH, last, twice, "DUPLICATE_SIGNER"),
        update(Attack.WRONG_KEY, "stranger", Fixture.EPOCH, last, stranger, "UNKNOWN_SIGNER"),
        update(Attack.WRONG_CHAIN, "chain", Fixture.EPOCH, last, otherChain, "UNKNOWN_SIGNER"),
        update(Attack.WRONG_CHAIN, "hub", Fixture.EPOCH, last, otherHub, "UNKNOWN_SIGNER"),
        update(Attack.WRONG_HEIGHT, "height", Fixture.EPOCH, last, otherHeight, "UNKNOWN_SIGNER"),
        update(
            Attack.STALE_SET,
            "epoch before",
            Fixture.EPOCH - 1,
            last,
            SEVEN.signatures(last, 0, 1, 2, 3, 4),
            "WRONG_EPOCH"),
        update(
            Attack.FUTURE_SET,
            "epoch after",
            Fixture.EPOCH + 1,
            last,
            SEVEN.signatures(last, 0, 1, 2, 3, 4),
            "WRONG_EPOCH"),
        update(Attack.EMPTY_BATCH, "unsigned", Fixture.EPOCH, last, new TreeMap<>(), "QUORUM_LOW"),
        update(
            Attack.WRONG_FORK,
            "another block at a known height",
            Fixture.EPOCH,
            header(HEIGHT, "fork"),
            SEVEN.signatures(header(HEIGHT, "fork"), 0, 1, 2, 3, 4),
            "STALE_HEIGHT"));
  }

  private static HeaderAttestation attest(Hash32 hub, String chain, long height, Hash32 hash) {
    return new HeaderAttestation(hub, ChainId.parse(chain), Fixture.EPOCH, height, hash);
  }

  private static List<Forgery> messageForgeries() {
    Bytes last = header(HEIGHT + 4, "");
    Bytes good = SEVEN.update(last, 0, 1, 2, 3, 4);
    int bitmap = 8 + 4 + last.size() + 2;
    byte[] beyond = good.toArray();
    beyond[bitmap] |= (byte) 0x80;
    byte[] crowd = good.toArray();
    crowd[bitmap - 2] = (byte) 0xff;
    Bytes flood = Bytes.concat(good, Bytes.wrap(new byte[64 * 200]));
    return List.of(
        update(Attack.BITS_BEYOND_SET, "bit 7 of 7", Bytes.wrap(beyond), "BITS_BEYOND_SET"),
        update(Attack.UNBOUNDED_SIZE, "65,000 members", Bytes.wrap(crowd), "MALFORMED"),
        update(Attack.UNBOUNDED_SIZE, "200 signatures too many", flood, "MALFORMED"));
  }

  private static List<Forgery> proofForgeries() {
    Claim good = claim(HEIGHT, 1, 0, Fixture.transferSent());
    List<Bytes> nodes = RECEIPTS.prove(ReceiptProof.key(1));
    List<Bytes> more = new ArrayList<>(nodes);
    more.add(nodes.getLast());
    Bytes longer = new CanonicalWriter().list(more, CanonicalWriter::bytes).toBytes();
    Bytes none = new CanonicalWriter().u32(0).toBytes();
    Claim elsewhere =
        new LogPosition(HEIGHT, Fixture.BRIDGE, 1, 0)
            .claim(Fixture.transferSent(), FEWER.prove(ReceiptProof.key(1)));
    return List.of(
        claim(Attack.WRONG_ROOT, elsewhere, "ROOT_MISMATCH"),
        claim(
            Attack.WRONG_HEIGHT, claim(HEIGHT + 1, 1, 0, Fixture.transferSent()), "UNKNOWN_HEIGHT"),
        claim(Attack.OVERLONG_PATH, new Claim(good.path(), good.value(), longer), "BRANCH_LENGTH"),
        claim(Attack.EMPTY_BATCH, new Claim(good.path(), good.value(), none), "BRANCH_LENGTH"),
        claim(
            Attack.INDEX_BEYOND_COUNT,
            claim(HEIGHT, 1, 2, Fixture.transferSent()),
            "INDEX_OUT_OF_RANGE"));
  }

  private static Forgery update(
      Attack attack,
      String name,
      long epoch,
      Bytes header,
      SortedMap<Integer, EcdsaSignature> signatures,
      String code) {
    return update(attack, name, new AttestedUpdate(epoch, header, 7, signatures).encode(), code);
  }

  private static Forgery update(Attack attack, String name, Bytes message, String code) {
    return new Forgery(
        attack, name, new Input.Update(message, Fixture.NOW), RejectionCode.valueOf(code));
  }

  private static Forgery claim(Attack attack, Claim claim, String code) {
    return new Forgery(
        attack, attack + " of a log", new Input.Membership(claim), RejectionCode.valueOf(code));
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    return Map.of(Attack.FUTURE_CLOCK, "the committee vouches for the header's time");
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    return Optional.of(
        new TrustWindow(Fixture.NOW + Fixture.PERIOD, Fixture.NOW + Fixture.PERIOD + 1));
  }

  @Override
  protected Quorums quorums() {
    return new Quorums.EverySize(AttestedContractTest::quorum);
  }

  private static Quorums.Quorum quorum(int members) {
    int threshold = 2 * members / 3 + 1;
    if (members < AttestedAnchor.MIN_MEMBERS || members > AttestedAnchor.MAX_MEMBERS) {
      return new Quorums.Quorum.RefusedSize(resized(members, threshold));
    }
    Fixture fixture = new Fixture(members, threshold);
    Bytes header = header(HEIGHT, "");
    SortedMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    for (int i = members - threshold; i < members; i++) {
      signatures.put(i, fixture.sign(i, header));
    }
    Bytes enough = new AttestedUpdate(Fixture.EPOCH, header, members, signatures).encode();
    signatures.remove(members - 1);
    Bytes oneShort = new AttestedUpdate(Fixture.EPOCH, header, members, signatures).encode();
    return new Quorums.Quorum.Formed(
        fixture.anchor.encode(),
        List.of(),
        enough,
        oneShort,
        RejectionCode.QUORUM_LOW,
        Fixture.NOW);
  }

  /** The bytes of an anchor that its constructor refuses. */
  private static Bytes resized(int members, int threshold) {
    AttestedAnchor like = SEVEN.anchor;
    CanonicalWriter out =
        new CanonicalWriter()
            .u8(1)
            .hash(like.hubId())
            .text(like.chain().toString())
            .u64(like.epoch())
            .u16(members);
    for (int i = 0; i < members; i++) {
      out.fixed(like.members().get(i % like.members().size()).compressed());
    }
    return out.u16(threshold)
        .u64(like.firstHeight())
        .u64(like.trustedFromSeconds())
        .u64(like.trustingPeriodSeconds())
        .toBytes();
  }

  @Override
  protected String goldenStateHash() {
    return "d0ae1964f41b6ab4511db66ac1c05fc418aee052b435c8a4ec73a7241d1e990e";
  }
}
