package dev.trestle.dist.refusal;

import static dev.trestle.adapter.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.dist.TrestleMain;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.dist.devnet.DevnetFiles;
import dev.trestle.lightclient.attested.AttestedUpdate;
import dev.trestle.lightclient.attested.HeaderAttestation;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.ledger.tx.TransactionBody.AttestHeader;
import dev.trestle.relay.ledger.tx.TransactionBody.UpdateClient;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.HubException;
import dev.trestle.sdk.PacketVerifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Too few signatures, one counted twice, and secrets that are not the secret. */
abstract class SignatureRefusals {
  private static final Bytes PREIMAGE = Digests.sha256(Bytes.utf8("the secret")).bytes();
  private static final Bytes WRONG = Digests.sha256(Bytes.utf8("a guess")).bytes();
  private static final long LOCK_SECONDS = 3_600;

  private final Scene scene = RefusalIT.scene();
  private final List<SecretKey> members = new ArrayList<>();
  private final Evm evm = new Evm(scene.network().anvil().rpc());

  // 4: committee signatures

  @Test
  void aMemberCountsOnce() {
    for (int member = 0; member < DevnetFiles.MEMBERS; member++) {
      members.add(scene.network().files().memberKeys(member).attestation());
    }
    // without new blocks the members sign nothing: the tip is attested by this test alone
    scene.network().anvil().rpc().call("evm_setIntervalMining", 0);
    try {
      RawHeader tip = await(scene.chain(Devnet.EVM).headers().latest());
      scene.unchanged(() -> refuseTooFewMembers(tip));
      scene.accepted(update(tip, Map.of(0, 0, 1, 1, 2, 2, 3, 3)));
      Api.Client client = scene.hub().chain(Devnet.EVM.toString()).client();
      assertThat(client.height()).isEqualTo(tip.ref().height());
      assertThat(client.headerId()).isEqualTo("0x" + tip.ref().id().toHex());
    } finally {
      scene.network().anvil().rpc().call("evm_setIntervalMining", 1);
    }
  }

  private void refuseTooFewMembers(RawHeader tip) {
    scene.refused("quorum-low", update(tip, Map.of(0, 0, 1, 1, 2, 2)));
    scene.refused("duplicate-signer", update(tip, Map.of(0, 0, 1, 0, 2, 1, 3, 2)));
    scene.refused("duplicate-signer", update(tip, Map.of(0, 0, 1, 0, 2, 0, 3, 0)));
    RawHeader forged =
        new RawHeader(tip.ref(), tip.parent(), Scene.flip(tip.raw(), 8 * (tip.raw().size() / 2)));
    scene.refused("unknown-signer", update(forged, Map.of(0, 0, 1, 1, 2, 2, 3, 3)));
    scene.accepted(attest(tip, 0, 0));
    scene.refused("already-attested", attest(tip, 0, 0));
    for (int member = 1; member < DevnetFiles.MEMBERS; member++) {
      scene.refused("bad-attestation", attest(tip, member, 0));
    }
    scene.refused("unknown-member", attest(tip, DevnetFiles.MEMBERS, 0));
    assertThat(scene.hub().chain(Devnet.EVM.toString()).client().height())
        .as("one member has attested the header, five times")
        .isLessThan(tip.ref().height());
  }

  private AttestHeader attest(RawHeader header, int member, int signer) {
    return new AttestHeader(Devnet.EVM, header.raw(), member, signature(header, signer));
  }

  /**
   * @param signers who really signs for each member
   */
  private UpdateClient update(RawHeader header, Map<Integer, Integer> signers) {
    TreeMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    signers.forEach((member, signer) -> signatures.put(member, signature(header, signer)));
    return new UpdateClient(
        Devnet.EVM, new AttestedUpdate(0, header.raw(), DevnetFiles.MEMBERS, signatures).encode());
  }

  private EcdsaSignature signature(RawHeader header, int member) {
    return new HeaderAttestation(
            scene.network().genesis().chainId(),
            Devnet.EVM,
            0,
            header.ref().height(),
            header.ref().id())
        .sign(members.get(member));
  }

  // 5: commit certificates

  @Test
  void twoOfFourValidatorsCertifyNothing() {
    Deposits deposits = new Deposits(scene);
    Deposits.Deposit[] paid = new Deposits.Deposit[1];
    scene.withoutMiner(() -> paid[0] = deposits.pay("certified"));
    Api.Transfer settled = deposits.awaitSettled(paid[0]);
    Api.PacketProof proof =
        scene.hub().packetProof(Hash32.fromHex(settled.packetId().orElseThrow()));
    CommitCertificate whole =
        CommitCertificate.decode(Bytes.fromHex(proof.certificate())).orThrow();
    assertThat(whole.signatures().size()).isGreaterThanOrEqualTo(3);
    scene.unchanged(
        () -> {
          refused("QuorumTooLow(uint256,uint256)", "quorum-low", proof, signedBy(whole, 0, 1));
          refused("BadSignature(uint256)", "bad-signature", proof, signedBy(whole, 0, 0, 2));
          Api.PacketProof other =
              with(proof, Scene.flip(Bytes.fromHex(proof.header()), 8 * 200), whole);
          refused("CertificateOfOtherBlock()", "other-block", other, whole);
        });
    assertThat(PacketVerifier.verify(scene.network().genesis(), proof).signatures())
        .isEqualTo(whole.signatures().size());
    assertThat(evm.call(lightClient(), verify(proof)).size()).isEqualTo(9 * 32);
    bundleIsVerifiedOffline(proof.packetId());
  }

  private void bundleIsVerifiedOffline(String packet) {
    String genesis = scene.network().files().genesisFile().toString();
    String bundle = scene.dir().resolve("receipt.bundle").toString();
    String server = scene.network().gatewayUrl().toString();
    assertThat(
            TrestleMain.commandLine()
                .execute(
                    "relay",
                    "proof",
                    packet,
                    "--genesis",
                    genesis,
                    "--out",
                    bundle,
                    "--server",
                    server))
        .isZero();
    assertThat(TrestleMain.commandLine().execute("relay", "verify", bundle, "--genesis", genesis))
        .isZero();
  }

  /** The certificate with signatures of {@code which} places, each in the next free one. */
  static CommitCertificate signedBy(CommitCertificate whole, int... which) {
    SignatureList all = whole.signatures();
    List<Integer> signers = all.signers().subList(0, which.length);
    List<EcdsaSignature> signatures = Arrays.stream(which).mapToObj(all.signatures()::get).toList();
    return new CommitCertificate(
        whole.height(),
        whole.round(),
        whole.blockId(),
        new SignatureList(all.validatorCount(), signers, signatures));
  }

  private void refused(
      String revert, String reason, Api.PacketProof proof, CommitCertificate certificate) {
    Api.PacketProof weak = with(proof, Bytes.fromHex(proof.header()), certificate);
    evm.reverts(revert, lightClient(), verify(weak));
    HubException refusal =
        catchThrowableOfType(
            HubException.class, () -> PacketVerifier.verify(scene.network().genesis(), weak));
    assertThat(refusal).as(reason).isNotNull();
    assertThat(refusal.code()).isEqualTo("proof-invalid");
    assertThat(refusal).hasMessageStartingWith(reason);
  }

  private static Api.PacketProof with(
      Api.PacketProof proof, Bytes header, CommitCertificate certificate) {
    return new Api.PacketProof(
        proof.packet(),
        proof.packetId(),
        header.toHex(),
        certificate.encode().toHex(),
        proof.validators(),
        proof.leafIndex(),
        proof.leafCount(),
        proof.siblings(),
        proof.handOvers());
  }

  private static Bytes verify(Api.PacketProof proof) {
    return Evm.verify(
        Bytes.fromHex(proof.header()),
        Bytes.fromHex(proof.certificate()),
        proof.validators().stream().map(EvmAddress::fromHex).toList());
  }

  private EvmAddress lightClient() {
    return scene.network().contracts().lightClient();
  }

  // 10: preimages

  private HtlcTerms terms(AssetId asset, long amount, SecretKey claimer, SecretKey refunder) {
    HtlcPort port = scene.chain(asset.chain()).htlc().orElseThrow();
    return new HtlcTerms(
        asset,
        Amount.of(amount),
        Digests.sha256(PREIMAGE),
        port.partyKey(claimer),
        port.partyKey(refunder),
        TimeSource.system().nowSeconds() + LOCK_SECONDS);
  }

  private HtlcObservation lock(HtlcTerms terms, SecretKey from) {
    HtlcPort port = scene.chain(terms.asset().chain()).htlc().orElseThrow();
    SignedTransaction lock = await(port.prepareLock(terms, from));
    await(scene.chain(terms.asset().chain()).transactions().broadcast(lock.raw()));
    return scene.until(
        "the lock",
        () -> await(port.observe(terms)),
        seen -> seen.funding().stream().anyMatch(funding -> funding.confirmations() > 0));
  }

  @Test
  void aWrongPreimageOpensNoContract() {
    HtlcPort port = scene.chain(Devnet.EVM).htlc().orElseThrow();
    SecretKey claimer = scene.key("claimer");
    SecretKey refunder = scene.key("refunder");
    scene.network().fund(claimer);
    scene.network().fund(refunder);
    HtlcTerms terms = terms(Devnet.ETH, 1_000_000_000_000L, claimer, refunder);
    HtlcObservation locked = lock(terms, refunder);
    EvmAddress contract = scene.network().contracts().htlc();
    Bytes lock = port.describe(terms).orThrow().detail();
    scene.unchanged(
        () -> {
          refusedByAdapter(port, terms, locked, claimer);
          evm.reverts("NotLocked(bytes32)", contract, claim(lock, WRONG));
          JsonNode receipt = evm.send(scene, contract, claim(lock, WRONG));
          assertThat(receipt.path("status").asString()).isEqualTo("0x0");
        });
    assertThat(await(port.observe(terms)).spend()).isEmpty();
    // whoever sends it: the claimer is paid
    JsonNode receipt = evm.send(scene, contract, claim(lock, PREIMAGE));
    assertThat(receipt.path("status").asString()).isEqualTo("0x1");
    assertThat(await(port.observe(terms)).spend()).containsInstanceOf(LockSpend.Claimed.class);
    evm.reverts("NotLocked(bytes32)", contract, claim(lock, PREIMAGE));
  }

  /** The call {@code claim} with the arguments of a call {@code lock}, the first one changed. */
  private static Bytes claim(Bytes lock, Bytes preimage) {
    return Bytes.concat(
        Evm.selector("claim(bytes32,address,uint256,address,address,uint64)"),
        preimage,
        lock.slice(36, lock.size()));
  }

  private static void refusedByAdapter(
      HtlcPort port, HtlcTerms terms, HtlcObservation locked, SecretKey claimer) {
    AdapterException refusal =
        catchThrowableOfType(
            AdapterException.class,
            () ->
                await(
                    port.prepareClaim(
                        terms, locked.funding().getFirst(), new Hash32(WRONG), claimer)));
    assertThat(refusal).isNotNull();
    assertThat(refusal.error()).isEqualTo(AdapterError.REJECTED_BY_CHAIN);
  }

  @Test
  void aWrongPreimageSpendsNoBitcoin() {
    HtlcPort port = scene.chain(Devnet.BITCOIN).htlc().orElseThrow();
    SecretKey claimer = scene.key("claimer");
    HtlcTerms terms = terms(Devnet.BTC, 1_000_000, claimer, scene.key("refunder"));
    HtlcObservation locked = lock(terms, scene.network().faucet(Devnet.BITCOIN));
    refusedByAdapter(port, terms, locked, claimer);
    SignedTransaction claim =
        await(port.prepareClaim(terms, locked.funding().getFirst(), new Hash32(PREIMAGE), claimer));
    String genuine = claim.raw().toHex();
    String guessed = genuine.replace(PREIMAGE.toHex(), WRONG.toHex());
    assertThat(guessed).isNotEqualTo(genuine);
    assertThat(acceptance(guessed).path("allowed").asBoolean()).isFalse();
    assertThat(acceptance(guessed).path("reject-reason").asString()).contains("EQUALVERIFY");
    assertThat(acceptance(genuine).path("allowed").asBoolean()).isTrue();
  }

  private JsonNode acceptance(String raw) {
    return scene.network().bitcoind().rpc().call("testmempoolaccept", List.of(raw)).path(0);
  }
}
