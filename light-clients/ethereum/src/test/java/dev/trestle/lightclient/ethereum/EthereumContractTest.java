package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.crypto.Digests;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The contract over a chain of Electra with committees of 32; quorums also with 512. */
class EthereumContractTest extends LightClientContract {
  private static final long PERIOD = EthereumAnchor.Settings.DEFAULT_TRUSTING_PERIOD;

  /** In period 1, so that there is a committee before and one after. */
  private static final long ANCHOR = 72;

  private static final long FIRST = 80;
  private static final long LAST = 96;
  private static final long NOW = BeaconFixture.GENESIS_TIME + 12 * 120;

  private static final BeaconFixture CHAIN =
      new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "contract");
  private static final Scenario SCENARIO = scenario(CHAIN);

  @Override
  protected LightClient client() {
    return new EthereumFamily().client();
  }

  private static long number(long slot) {
    return CHAIN.number(slot);
  }

  private static BeaconFixture.Plan last(BeaconFixture chain) {
    return chain.plan(104).finalizing(LAST);
  }

  private static Scenario scenario(BeaconFixture chain) {
    EvmFixture execution = chain.execution.world;
    long first = chain.number(FIRST);
    long last = chain.number(LAST);
    Bytes update = last(chain).message();
    Bytes progress = chain.plan(112).finalizing(104).message();
    Bytes reorganised = chain.plan(112).finalizing(104).variant("reorganised").message();
    Bytes fork = chain.plan(105).finalizing(LAST).finalVariant("fork").message();
    Bytes one = chain.plan(112).finalizing(104).finalVariant("one").message();
    return new Scenario(
        chain.anchor(ANCHOR, Profile.BRIDGE, PERIOD).encode(),
        List.of(chain.plan(88).finalizing(FIRST).withCommittee().message(), update),
        NOW,
        List.of(
            execution.logClaim(last, last, 1, 0),
            execution.logClaim(last, last - 2, 3, 1),
            execution.accountClaim(first, first),
            execution.storageClaim(last, last),
            execution.storageClaim(last, last - 1)),
        List.of(absentAccount(execution, last), absentSlot(execution, last)),
        List.of(
            Misbehaviour.encode(List.of(update)),
            Misbehaviour.encode(List.of(progress)),
            Misbehaviour.encode(List.of(progress, progress)),
            Misbehaviour.encode(List.of(progress, reorganised))),
        List.of(Misbehaviour.encode(List.of(fork)), Misbehaviour.encode(List.of(progress, one))));
  }

  private static Input.Absence absentAccount(EvmFixture execution, long number) {
    EvmAddress address = execution.absentAddress(number);
    return new Input.Absence(
        new EvmPath.Account(number, address).encode(),
        execution.accountProof(number, number, address).encode());
  }

  private static Input.Absence absentSlot(EvmFixture execution, long number) {
    Hash32 slot = execution.freeSlot(number);
    return new Input.Absence(
        new EvmPath.Storage(number, EvmFixture.CONTRACT, slot).encode(),
        execution.storageProof(number, number, slot).encode());
  }

  @Override
  protected Scenario scenario() {
    return SCENARIO;
  }

  @Override
  protected List<Scenario> scenariosForMutants() {
    return List.of(
        scenario(
            new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.CAPELLA), "mutants")),
        scenario(new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.GLOAS), "mutants")));
  }

  @Override
  protected Bytes foreignAnchor() {
    EthereumAnchor own = CHAIN.anchor(ANCHOR, Profile.BRIDGE, PERIOD);
    return new EthereumAnchor(
            new EthereumAnchor.Settings(
                ChainId.parse("eip155:1"), CHAIN.network, Profile.BRIDGE, PERIOD),
            own.trustedRoot(),
            own.container(),
            own.bootstrap(),
            own.executionHeader())
        .encode();
  }

  /** The signature slot is not signed: it only picks committee and fork version. */
  @Override
  protected boolean sameMeaning(Input original, Input mutant) {
    try {
      return meaning(original).equals(meaning(mutant));
    } catch (DecodeException e) {
      return false;
    }
  }

  private static List<Object> meaning(Input input) {
    return switch (input) {
      case Input.Update(Bytes message, long now) -> List.of(meaning(message));
      case Input.Evidence(Bytes evidence) ->
          CanonicalReader.decode(
              evidence,
              in -> {
                List<Object> all = new ArrayList<>(List.of(in.u8()));
                int count = in.u8();
                for (int i = 0; i < count; i++) {
                  all.add(meaning(in.bytes(100_000)));
                }
                return all;
              });
      case Input.Anchor anchor -> List.of(anchor);
      case Input.Membership membership -> List.of(membership);
      case Input.Absence absence -> List.of(absence);
    };
  }

  private static Object meaning(Bytes message) {
    EthereumMessage decoded = EthereumMessage.decode(message, Preset.MINIMAL);
    LightClientUpdate update = decoded.update(Preset.MINIMAL);
    return List.of(
        decoded.kind(),
        decoded.container(),
        decoded.executionHeader(),
        new LightClientUpdate(
            update.attested(),
            update.nextCommittee(),
            update.nextCommitteeBranch(),
            update.finalized(),
            update.finalityBranch(),
            update.aggregate(),
            0));
  }

  @Override
  protected List<Forgery> forgeries() {
    List<Forgery> all = new ArrayList<>(signatureForgeries());
    all.addAll(formForgeries());
    all.addAll(proofForgeries());
    return all;
  }

  private static List<Forgery> signatureForgeries() {
    BeaconNetwork own = CHAIN.network;
    BeaconFixture foreign =
        new BeaconFixture(
            new BeaconNetwork(
                own.preset(),
                Digests.sha256(Bytes.utf8("another genesis")),
                own.forks(),
                own.genesisTimeSeconds(),
                own.secondsPerSlot()),
            "contract");
    BeaconFixture.Plan plan = last(CHAIN);
    LightClientUpdate good = plan.build();
    SyncAggregate twice = plan.first(30).aggregateTwice(good.attested().beacon().root());
    return List.of(
        update(Attack.WRONG_CHAIN, "genesis", last(foreign).message(), SyncCode.SIGNATURE),
        update(
            Attack.WRONG_FORK,
            "version of Deneb",
            last(CHAIN).underVersion(own.forks().get(4).version()).message(),
            SyncCode.SIGNATURE),
        update(Attack.WRONG_KEY, "strangers", last(CHAIN).by(9).message(), SyncCode.SIGNATURE),
        update(Attack.STALE_SET, "period before", last(CHAIN).by(0).message(), SyncCode.SIGNATURE),
        update(Attack.FUTURE_SET, "period after", last(CHAIN).by(2).message(), SyncCode.SIGNATURE),
        new Forgery(
            Attack.FUTURE_SET,
            "two periods ahead",
            new Input.Update(
                CHAIN.plan(200).finalizing(192).message(), BeaconFixture.GENESIS_TIME + 12 * 210),
            SyncCode.PERIOD),
        update(
            Attack.SIGNER_TWICE,
            "one signature added twice",
            plan.message(with(good, twice)),
            SyncCode.SIGNATURE),
        update(
            Attack.EMPTY_BATCH,
            "nobody signed",
            plan.message(
                with(
                    good,
                    new SyncAggregate(Bytes.wrap(new byte[4]), good.aggregate().signature()))),
            SyncCode.PARTICIPANTS),
        new Forgery(
            Attack.FUTURE_CLOCK,
            "signed in a slot to come",
            new Input.Update(last(CHAIN).message(), BeaconFixture.GENESIS_TIME + 12 * 104),
            SyncCode.SLOT_ORDER));
  }

  private static LightClientUpdate with(LightClientUpdate update, SyncAggregate aggregate) {
    return new LightClientUpdate(
        update.attested(),
        update.nextCommittee(),
        update.nextCommitteeBranch(),
        update.finalized(),
        update.finalityBranch(),
        aggregate,
        update.signatureSlot());
  }

  private static List<Forgery> formForgeries() {
    BeaconFixture.Plan plan = last(CHAIN);
    LightClientUpdate good = plan.build();
    byte[] bits = new byte[64];
    java.util.Arrays.fill(bits, (byte) 0xff);
    SyncAggregate mainnet = new SyncAggregate(Bytes.wrap(bits), good.aggregate().signature());
    List<Hash32> longer = new ArrayList<>(good.finalityBranch());
    longer.add(Hash32.ZERO);
    LightClientUpdate padded =
        new LightClientUpdate(
            good.attested(),
            good.nextCommittee(),
            good.nextCommitteeBranch(),
            good.finalized(),
            longer,
            good.aggregate(),
            good.signatureSlot());
    byte[] count = plan.message().toArray();
    count[3] = (byte) 0x7f; // length of the SSZ object
    return List.of(
        update(
            Attack.BITS_BEYOND_SET,
            "512 bits for 32 seats",
            plan.message(with(good, mainnet)),
            RejectionCode.MALFORMED),
        update(Attack.OVERLONG_PATH, "eight nodes", plan.message(padded), RejectionCode.MALFORMED),
        update(Attack.UNBOUNDED_SIZE, "2 GB", Bytes.wrap(count), RejectionCode.MALFORMED));
  }

  private static List<Forgery> proofForgeries() {
    EvmFixture execution = CHAIN.execution.world;
    long last = number(LAST);
    Claim good = execution.logClaim(last, last, 1, 0);
    EvmProof proof = EvmProof.decode(good.proof());
    List<Bytes> more = new ArrayList<>(proof.nodes());
    more.add(more.getLast());
    Claim account = execution.accountClaim(number(FIRST), number(FIRST));
    EvmProof elsewhere = EvmProof.at(last, EvmProof.decode(account.proof()).nodes(), List.of());
    Bytes path = new EvmPath.Account(last, EvmFixture.CONTRACT).encode();
    Bytes flood =
        new CanonicalWriter()
            .u64(last)
            .list(
                Collections.nCopies(EvmProof.MAX_HEADERS + 1, Bytes.EMPTY), CanonicalWriter::bytes)
            .u32(0)
            .u32(0)
            .toBytes();
    return List.of(
        claim(
            Attack.WRONG_ROOT,
            new Claim(path, account.value(), elsewhere.encode()),
            RejectionCode.ROOT_MISMATCH),
        claim(
            Attack.WRONG_HEIGHT,
            execution.logClaim(last + 1, last + 1, 1, 0),
            RejectionCode.UNKNOWN_HEIGHT),
        claim(
            Attack.WRONG_HEIGHT,
            new Claim(
                new EvmPath.Log(last - 1, EvmFixture.CONTRACT, 1, 0).encode(),
                good.value(),
                good.proof()),
            RejectionCode.PATH_MISMATCH),
        claim(Attack.WRONG_ROOT, brokenWay(execution, last), RejectionCode.BAD_PREV),
        claim(
            Attack.OVERLONG_PATH,
            new Claim(good.path(), good.value(), EvmProof.at(last, more, List.of()).encode()),
            RejectionCode.BRANCH_LENGTH),
        claim(
            Attack.EMPTY_BATCH,
            new Claim(good.path(), good.value(), EvmProof.at(last, List.of(), List.of()).encode()),
            RejectionCode.BRANCH_LENGTH),
        claim(
            Attack.INDEX_BEYOND_COUNT,
            new Claim(
                new EvmPath.Log(last, EvmFixture.CONTRACT, 1, 2).encode(),
                good.value(),
                good.proof()),
            RejectionCode.INDEX_OUT_OF_RANGE),
        claim(
            Attack.WRONG_KEY, execution.logClaim(last, last, 4, 0), RejectionCode.RECEIPT_REVERTED),
        claim(
            Attack.UNBOUNDED_SIZE,
            new Claim(good.path(), good.value(), flood),
            RejectionCode.MALFORMED));
  }

  /** Headers of another chain between the known block and the claimed one. */
  private static Claim brokenWay(EvmFixture execution, long last) {
    Claim good = execution.logClaim(last, last - 2, 1, 0);
    EvmProof proof = EvmProof.decode(good.proof());
    List<Bytes> headers = new ArrayList<>(proof.headers());
    headers.set(1, new ExecutionFixture("another", 0).header(last - 1));
    return new Claim(
        good.path(), good.value(), new EvmProof(last, headers, proof.nodes(), List.of()).encode());
  }

  private static Forgery update(Attack attack, String name, Bytes message, ReasonCode code) {
    return new Forgery(attack, name, new Input.Update(message, NOW), code);
  }

  private static Forgery claim(Attack attack, Claim claim, ReasonCode code) {
    return new Forgery(attack, "a claim", new Input.Membership(claim), code);
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    return Map.of();
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    long seen = BeaconFixture.GENESIS_TIME + 12 * FIRST;
    return Optional.of(new TrustWindow(seen + PERIOD, seen + PERIOD + 1));
  }

  @Override
  protected Quorums quorums() {
    return new Quorums.FixedSize(
        new TreeMap<>(Map.of(22, quorum(Preset.MINIMAL, 22), 342, quorum(Preset.MAINNET, 342))));
  }

  private static Quorums.Quorum quorum(Preset preset, int threshold) {
    BeaconFixture chain = new BeaconFixture(BeaconFixture.at(preset, BeaconFork.ELECTRA), "quorum");
    return new Quorums.Quorum.Formed(
        chain.anchor(ANCHOR, Profile.BRIDGE, PERIOD).encode(),
        List.of(),
        last(chain).first(threshold).message(),
        last(chain).first(threshold - 1).message(),
        SyncCode.PARTICIPANTS,
        NOW);
  }

  @Override
  protected String goldenStateHash() {
    return "526b605988d2267a38c092cd5af84a52209cb282409a5a69342c9e1dd888889e";
  }
}
