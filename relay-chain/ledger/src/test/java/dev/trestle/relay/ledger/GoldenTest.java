package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.record.AttestationRecord;
import dev.trestle.relay.ledger.record.AttestedHash;
import dev.trestle.relay.ledger.record.BurnRecord;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.CommitteeRecord;
import dev.trestle.relay.ledger.record.ConvictionRecord;
import dev.trestle.relay.ledger.record.EquivocationRecord;
import dev.trestle.relay.ledger.record.FactAttestations;
import dev.trestle.relay.ledger.record.FlowRecord;
import dev.trestle.relay.ledger.record.GovernanceRecord;
import dev.trestle.relay.ledger.record.LaneRecord;
import dev.trestle.relay.ledger.record.LaneTerms;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.PauseRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.PolicyTerms;
import dev.trestle.relay.ledger.record.ProposalRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.SwapRecord;
import dev.trestle.relay.ledger.record.SwapTerms;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.record.TrustPolicy;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.state.StateProof;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Formats that never change: their bytes are in {@code golden/}. */
class GoldenTest {
  private static final ChainId BTC = ChainId.parse("bip122:fake");
  private static final ChainId EVM = ChainId.parse("eip155:99");
  private static final AssetId COIN = AssetId.nativeCoin(BTC, 0);
  private static final SecretKey KEY = SecretKey.derive(Bytes.utf8("golden"), "key");
  private static final PublicKey PUBLIC = KEY.publicKey();
  private static final Bytes CONTRACT = Hub.CONTRACT;
  private static final Hash32 A = Hub.hash("a");
  private static final Hash32 B = Hub.hash("b");
  private static final Hash32 C = Hub.hash("c");
  private static final EcdsaSignature ECDSA =
      new EcdsaSignature(Bytes.concat(A.bytes(), Hub.hash("s").bytes()));
  private static final SchnorrSignature SCHNORR =
      new SchnorrSignature(Bytes.concat(B.bytes(), C.bytes()));
  private static final Claim CLAIM = new Claim(A.bytes(), Bytes.utf8("value"), Bytes.utf8("proof"));
  private static final SwapTerms TERMS =
      new SwapTerms(
          A,
          new SwapTerms.Leg(COIN, Amount.of(5), B.bytes(), C.bytes(), 2_000),
          new SwapTerms.Leg(AssetId.nativeCoin(EVM, 60), Amount.of(6), CONTRACT, C.bytes(), 1_000));

  private static final TransactionBody.RegisterChain REGISTER_CHAIN =
      new TransactionBody.RegisterChain(
          EVM,
          "Name",
          "adapter",
          "type/1",
          Bytes.utf8("anchor"),
          12,
          Optional.of(CONTRACT),
          Bytes.utf8("sample"),
          new ChainLimits(Amount.of(1), Amount.of(2), 3),
          List.of(ECDSA));
  private static final TrustPolicy POLICY =
      TrustPolicy.any(
          TrustPolicy.all(new TrustPolicy.LightClient(BTC, 6), new TrustPolicy.Attestor(PUBLIC)),
          TrustPolicy.atLeast(
              2,
              new TrustPolicy.Committee(),
              new TrustPolicy.LightClient(BTC, 12),
              new TrustPolicy.Attestor(PUBLIC)));
  private static final HeaderRef BLOCK = new HeaderRef(8, A, 9);
  private static final LaneTerms.Lifetime LIFETIME =
      new LaneTerms.Lifetime(Packet.Timeout.Clock.DESTINATION_HEIGHT, 720);
  private static final TransactionBody.RegisterRoute REGISTER_ROUTE =
      new TransactionBody.RegisterRoute(
          COIN,
          EVM,
          CONTRACT,
          Amount.of(10),
          Amount.of(20),
          4,
          6,
          new LaneTerms(Lane.Ordering.ORDERED_ALLOW_TIMEOUT, Optional.of(LIFETIME)),
          new PolicyTerms(Optional.of(POLICY), true),
          List.of(ECDSA));

  private static Map<String, TransactionBody> bodies() {
    Map<String, TransactionBody> bodies = new LinkedHashMap<>();
    List<TransactionBody> all =
        List.of(
            REGISTER_CHAIN,
            new TransactionBody.UpdateClient(BTC, Bytes.utf8("message")),
            new TransactionBody.SubmitMisbehaviour(BTC, Bytes.utf8("evidence")),
            new TransactionBody.AttestHeader(EVM, Bytes.utf8("header"), 3, ECDSA),
            REGISTER_ROUTE,
            new TransactionBody.OpenTransfer(A, B, Amount.of(7), C, 144, A),
            new TransactionBody.SubmitDeposit(A, CLAIM),
            new TransactionBody.SubmitAttestedDeposit(
                A,
                CLAIM,
                new FactAttestations(
                    BLOCK, 3, 7, List.of(new FactAttestations.Vote(2, ECDSA)), List.of(ECDSA))),
            new TransactionBody.SubmitMessage(EVM, CLAIM),
            new TransactionBody.SignRelease(A, 2, List.of(SCHNORR)),
            new TransactionBody.SubmitRelease(A, CLAIM),
            new TransactionBody.AgreeSwap(TERMS, PUBLIC, PUBLIC, ECDSA, ECDSA),
            new TransactionBody.Pause(new PauseSubject.Chain(EVM)),
            new TransactionBody.Resume(new PauseSubject.Route(A), List.of(ECDSA)),
            new TransactionBody.ClaimRefund(A, B.bytes(), SCHNORR),
            new TransactionBody.PlanSweep(BTC, A, 1),
            new TransactionBody.SubmitTakeBack(A, CLAIM),
            new TransactionBody.Vote(4, A),
            new TransactionBody.ExecuteProposal(4),
            new TransactionBody.ValidatorReady(77),
            new TransactionBody.TimeoutPacket(A, 8, B.bytes(), Bytes.utf8("proof")));
    all.forEach(body -> bodies.put(body.getClass().getSimpleName(), body));
    actions()
        .forEach(
            action ->
                bodies.put(
                    "Propose." + action.getClass().getSimpleName(),
                    new TransactionBody.Propose(action)));
    return bodies;
  }

  private static List<GovernanceAction> actions() {
    Genesis genesis = new Hub().genesis;
    return List.of(
        new GovernanceAction.SetValidators(genesis.validators()),
        new GovernanceAction.SetGovernance(genesis.governance()),
        new GovernanceAction.SetLimits(EVM, new ChainLimits(Amount.of(1), Amount.of(2), 3)),
        new GovernanceAction.RecoverClient(EVM, Bytes.utf8("anchor"), Bytes.utf8("sample")),
        new GovernanceAction.CloseLane(A),
        new GovernanceAction.RotateCommittee(
            genesis.committee().members().stream().map(Genesis.NotaryMember::attestKey).toList(),
            3_600_000));
  }

  private static Map<String, String> golden(String file) {
    Map<String, String> lines = new LinkedHashMap<>();
    try (InputStream in = GoldenTest.class.getResourceAsStream("/golden/" + file)) {
      if (in == null) {
        return lines;
      }
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        int space = line.indexOf(' ');
        lines.put(line.substring(0, space), line.substring(space + 1));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return lines;
  }

  private static void same(String file, Map<String, String> actual) {
    StringBuilder text = new StringBuilder();
    actual.forEach((name, hex) -> text.append(name).append(' ').append(hex).append('\n'));
    assertThat(golden(file)).as("golden/%s should be%n%s", file, text).isEqualTo(actual);
  }

  @Test
  void transactions() {
    Map<String, String> actual = new LinkedHashMap<>();
    bodies()
        .forEach(
            (name, body) -> {
              Transaction signed = Transaction.sign(A, KEY, 9, body);
              Bytes encoded = signed.encode();
              assertThat(Transaction.decode(encoded)).isEqualTo(signed);
              assertThat(signed.isSigned()).isTrue();
              strict(encoded, Transaction::decode);
              actual.put(name, encoded.toHex());
            });
    same("transactions.txt", actual);
  }

  @Test
  void digests() {
    Map<String, String> actual = new LinkedHashMap<>();
    actual.put("registerChain", Approvals.registerChain(A, 3, REGISTER_CHAIN).toHex());
    actual.put("registerRoute", Approvals.registerRoute(A, 3, REGISTER_ROUTE).toHex());
    actual.put("resume", Approvals.resume(A, 3, new PauseSubject.Everything(), 1).toHex());
    actual.put("refund", Approvals.refund(A, B, C.bytes()).toHex());
    actual.put("swapTerms", Approvals.swapTerms(A, TERMS).toHex());
    actual.put("transferId", TransferRecord.id(PUBLIC, A).toHex());
    actual.put("routeId", RouteRecord.id(COIN, EVM, CONTRACT).toHex());
    actual.put("releaseId", ReleaseRecord.id(ReleaseRecord.Kind.WITHDRAWAL, A).toHex());
    actual.put("policy", new TrustPolicy.LightClient(BTC, 6).hash().toHex());
    actual.put("policyTree", POLICY.hash().toHex());
    actual.put("factByMember", Approvals.factByMember(A, 3, B, BTC, CLAIM, BLOCK, 6).toHex());
    actual.put("factByAttestor", Approvals.factByAttestor(A, B, BTC, CLAIM, BLOCK, 6).toHex());
    same("digests.txt", actual);
  }

  @Test
  void genesis() {
    Genesis genesis = new Hub().genesis;
    assertThat(Genesis.decode(genesis.encode())).isEqualTo(genesis);
    strict(genesis.encode(), Genesis::decode);
    Map<String, String> actual = new LinkedHashMap<>();
    actual.put("genesis", genesis.encode().toHex());
    actual.put("chainId", genesis.chainId().toHex());
    actual.put("custodyApp", genesis.committee().custodyApp().toHex());
    same("genesis.txt", actual);
  }

  private final Map<String, String> records = new LinkedHashMap<>();

  private <T> void record(String name, T value, Bytes encoded, Function<Bytes, T> decoder) {
    assertThat(decoder.apply(encoded)).as(name).isEqualTo(value);
    strict(encoded, decoder);
    records.put(name, encoded.toHex());
  }

  private static void strict(Bytes encoded, Function<Bytes, ?> decoder) {
    List<Bytes> wrong =
        List.of(
            Bytes.concat(encoded, Bytes.fromHex("00")),
            encoded.slice(0, encoded.size() - 1),
            Bytes.EMPTY,
            Bytes.concat(Bytes.fromHex("7f"), encoded.slice(1, encoded.size())));
    for (Bytes each : wrong) {
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> decoder.apply(each)))
          .isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void recordsAndTheirKeys() {
    ChainLimits limits = new ChainLimits(Amount.of(1), Amount.of(2), 3);
    ChainRecord chain =
        new ChainRecord(
            EVM,
            "Name",
            "adapter",
            "type/1",
            A,
            2,
            Optional.of(CONTRACT),
            limits,
            ChainRecord.Status.ACTIVE,
            7,
            6,
            5);
    record("chain", chain, chain.encode(), ChainRecord::decode);
    Lane lane = new Lane(BTC, A.bytes(), EVM, CONTRACT, Lane.Ordering.UNORDERED);
    RouteRecord route =
        new RouteRecord(
            COIN,
            lane,
            Amount.of(1),
            Amount.of(2),
            3,
            4,
            Amount.of(5),
            POLICY,
            Optional.of(LIFETIME));
    record("route", route, route.encode(), RouteRecord::decode);
    TransferRecord transfer =
        new TransferRecord(
            PUBLIC,
            A,
            B,
            C,
            Amount.of(1),
            A,
            144,
            TransferRecord.State.SENT,
            3,
            1_700_086_400_000L,
            Optional.of(
                new TransferRecord.Deposit(A, 1, Amount.of(9), Amount.of(8), 5, Optional.of(B))),
            Optional.of(C));
    record("transfer", transfer, transfer.encode(), TransferRecord::decode);
    TransferRecord credited =
        transfer.with(
            TransferRecord.State.CREDITED,
            Optional.of(
                new TransferRecord.Deposit(A, 1, Amount.of(9), Amount.of(8), 5, Optional.empty())),
            Optional.empty());
    record("transfer.credited", credited, credited.encode(), TransferRecord::decode);
    TransferRecord expired =
        transfer.with(TransferRecord.State.EXPIRED, Optional.empty(), Optional.empty());
    record("transfer.expired", expired, expired.encode(), TransferRecord::decode);
    TransferRecord takenBack = credited.with(TransferRecord.State.TAKEN_BACK);
    record("transfer.takenBack", takenBack, takenBack.encode(), TransferRecord::decode);
    Packet packet =
        new Packet(
            A,
            lane,
            1,
            B,
            0,
            new Packet.Timeout(Packet.Timeout.Clock.DESTINATION_TIME, 1),
            Packet.Fee.NONE,
            Packet.Group.NONE,
            List.of(
                new Packet.Payload(
                    Packet.Payload.Kind.TRANSFER, CONTRACT, "e", "1", Bytes.utf8("v"))));
    PacketRecord packetRecord =
        new PacketRecord(packet, PacketRecord.State.FAILED, 1, 2, A, B, Amount.of(3));
    record("packet", packetRecord, packetRecord.encode(), PacketRecord::decode);
    CustodyRules.Coin coin =
        new CustodyRules.Coin(
            A,
            1,
            Amount.of(2),
            new CustodyRules.DepositLock(A.bytes(), "addr", B.bytes(), C.bytes()));
    CoinRecord coinRecord = new CoinRecord(BTC, coin, 5, 144, Optional.of(A));
    record("coin", coinRecord, coinRecord.encode(), CoinRecord::decode);
    CustodyRules.ReleasePlan plan =
        new CustodyRules.ReleasePlan(
            Bytes.utf8("tx"),
            List.of(coin),
            new CustodyRules.Payout(A, B.bytes(), Amount.of(3)),
            Amount.of(1));
    ReleaseRecord release =
        new ReleaseRecord(
            ReleaseRecord.Kind.SWEEP,
            A,
            BTC,
            B.bytes(),
            Amount.of(1),
            C,
            4,
            5,
            ReleaseRecord.State.READY,
            Optional.of(plan),
            List.of(new CustodyRules.MemberSignatures(1, List.of(SCHNORR))),
            Optional.of(Bytes.utf8("final")));
    record("release", release, release.encode(), ReleaseRecord::decode);
    ReleaseRecord merge =
        new ReleaseRecord(
            ReleaseRecord.Kind.MERGE,
            A,
            BTC,
            B.bytes(),
            Amount.of(1),
            C,
            4,
            5,
            ReleaseRecord.State.VOID,
            Optional.of(plan),
            List.of(),
            Optional.empty());
    record("release.merge", merge, merge.encode(), ReleaseRecord::decode);
    record("policy", POLICY, POLICY.encode(), TrustPolicy::decode);
    accounts();
    AttestationRecord attestation =
        new AttestationRecord(EVM, 7, 8, A, Bytes.utf8("header"), List.of()).plus(2, ECDSA);
    record("attestation", attestation, attestation.encode(), AttestationRecord::decode);
    EquivocationRecord equivocation = new EquivocationRecord(1, EVM, 7, 8, A, ECDSA, B, ECDSA, 9);
    record("equivocation", equivocation, equivocation.encode(), EquivocationRecord::decode);
    governance();
    keys(coin);
    same("records.txt", records);
  }

  private void governance() {
    Genesis genesis = new Hub().genesis;
    ValidatorsRecord validators = new ValidatorsRecord(3, 101, genesis.validators());
    record("validators", validators, validators.encode(), ValidatorsRecord::decode);
    GovernanceRecord governance = new GovernanceRecord(2, genesis.governance());
    record("governance", governance, governance.encode(), GovernanceRecord::decode);
    CommitteeRecord committee =
        new CommitteeRecord(7, List.of(PUBLIC), Optional.empty()).rotated(List.of(PUBLIC), 5, 6);
    record("committee", committee, committee.encode(), CommitteeRecord::decode);
    ConvictionRecord conviction = new ConvictionRecord(7, 9);
    record("conviction", conviction, conviction.encode(), ConvictionRecord::decode);
    ProposalRecord proposal =
        new ProposalRecord(
                4,
                actions().getFirst().encode(),
                PUBLIC,
                5,
                List.of(),
                Optional.empty(),
                ProposalRecord.State.OPEN)
            .withVote(PUBLIC)
            .approved(6);
    record("proposal", proposal, proposal.encode(), ProposalRecord::decode);
    for (GovernanceAction action : actions()) {
      strict(action.encode(), GovernanceAction::decode);
      assertThat(GovernanceAction.decode(action.encode())).isEqualTo(action);
    }
    records.put("key.validators", StateKeys.validators().toHex());
    records.put("key.previousValidators", StateKeys.previousValidators().toHex());
    records.put("key.plannedValidators", StateKeys.plannedValidators().toHex());
    records.put("key.governance", StateKeys.governance().toHex());
    records.put("key.proposal", StateKeys.proposal(4).toHex());
    records.put("key.ready", StateKeys.ready(PUBLIC.evmAddress()).toHex());
    records.put("key.convicted", StateKeys.convicted(PUBLIC.evmAddress()).toHex());
  }

  private void accounts() {
    SupplyRecord supply = SupplyRecord.NONE.deposited(Amount.of(90), Amount.of(10));
    record("supply", supply, supply.encode(), SupplyRecord::decode);
    RouteSupply routeSupply = new RouteSupply(Amount.of(1), Amount.of(2));
    record("routeSupply", routeSupply, routeSupply.encode(), RouteSupply::decode);
    FlowRecord flow = new FlowRecord(1, Amount.of(2));
    record("flow", flow, flow.encode(), FlowRecord::decode);
    LaneRecord lane = LaneRecord.NEW.ended().closed(LaneRecord.Cause.TIMEOUT, 4);
    record("lane", lane, lane.encode(), LaneRecord::decode);
    BurnRecord burn = new BurnRecord(A, Amount.of(1), B);
    record("burn", burn, burn.encode(), BurnRecord::decode);
    SwapRecord swap = new SwapRecord(A, TERMS, PUBLIC, PUBLIC, 3);
    record("swap", swap, swap.encode(), SwapRecord::decode);
    PauseRecord pause =
        new PauseRecord(new PauseSubject.Everything(), 1, true, Optional.of(PUBLIC), 3);
    record("pause", pause, pause.encode(), PauseRecord::decode);
    AttestedHash attested = new AttestedHash(7, A, ECDSA);
    record("attested", attested, attested.encode(), AttestedHash::decode);
    StateProof proof = new StateProof(List.of(A, B), Optional.of(new StateProof.Leaf(A, C)));
    record("proof", proof, proof.encode(), StateProof::decode);
  }

  private void keys(CustodyRules.Coin coin) {
    records.put("key.nonce", StateKeys.nonce(PUBLIC).toHex());
    records.put("key.chain", StateKeys.chain(EVM).toHex());
    records.put("key.client", StateKeys.client(EVM).toHex());
    records.put("key.transfer", StateKeys.transfer(A).toHex());
    records.put("key.openTransfer", StateKeys.openTransfer(1_700_086_400_000L, A).toHex());
    records.put("key.openOnRoute", StateKeys.openOnRoute(A).toHex());
    records.put("key.openOfSender", StateKeys.openOfSender(PUBLIC).toHex());
    records.put("key.packet", StateKeys.packet(A).toHex());
    records.put("key.lane", StateKeys.lane(A).toHex());
    records.put("key.burn", StateKeys.burn(A, 1).toHex());
    records.put("key.release", StateKeys.release(A).toHex());
    records.put("key.releaseState", StateKeys.releaseState(ReleaseRecord.State.READY, A).toHex());
    records.put("key.coin", StateKeys.coin(BTC, coin.txId(), 1).toHex());
    records.put("key.freeCoin", StateKeys.freeCoin(BTC, Amount.of(2), coin.txId(), 1).toHex());
    records.put("key.supply", StateKeys.supply(COIN).toHex());
    records.put("key.flow", StateKeys.flow(true, BTC, COIN).toHex());
    records.put("key.merging", StateKeys.merging(BTC, A).toHex());
    records.put("key.swap", StateKeys.swap(A).toHex());
    records.put("key.attestation", StateKeys.attestation(EVM, 1, A).toHex());
    records.put("key.pause", StateKeys.pause(new PauseSubject.Chain(EVM)).toHex());
  }
}
