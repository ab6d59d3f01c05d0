package dev.trestle.lightclient.attested;

import static dev.trestle.lightclient.attested.AttestedUpdateTest.assertReason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.lightclient.AttestationRules;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.RejectionCode;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AttestationRulesTest {
  private final Fixture four = new Fixture(4, 3);
  private final Bytes header = Fixture.header(150);
  private final LightClientFamily family =
      ServiceLoader.load(LightClientFamily.class).stream()
          .map(ServiceLoader.Provider::get)
          .filter(found -> found.type().equals("attested-evm/1"))
          .findFirst()
          .orElseThrow();
  private final AttestationRules rules = family.attestations().orElseThrow();

  @Test
  void composedMessagesVerify() {
    AttestationRules.Target target = rules.target(four.view, header).orThrow();
    assertThat(target.header().height()).isEqualTo(150);
    assertThat(target.threshold()).isEqualTo(3);
    assertThat(target.members()).isEqualTo(4);
    SortedMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    for (int member : new int[] {3, 0, 1}) {
      EcdsaSignature signature = four.sign(member, header);
      assertThat(rules.signer(four.view, header, signature)).isEqualTo(Verdict.accept(member));
      assertThat(rules.compose(four.view, header, signatures)).isInstanceOf(Verdict.Later.class);
      signatures.put(member, signature);
    }
    Bytes message = rules.compose(four.view, header, signatures).orThrow();
    assertThat(message).isEqualTo(four.update(header, 0, 1, 3));
    assertThat(family.client().encodeUpdate(java.util.List.of(message))).isEqualTo(message);
    assertThat(
            family.client().verify(four.view, message, Fixture.budget(), Fixture.NOW).isAccepted())
        .isTrue();
    assertThat(family.messages()).isPresent();
    assertThat(family.custody()).isEmpty();
  }

  @Test
  void targetsThatCannotBecomeUpdatesAreRefused() {
    assertReason(RejectionCode.MALFORMED, rules.target(four.view, Bytes.EMPTY));
    assertReason(RejectionCode.STALE_HEIGHT, rules.target(four.view, Fixture.header(99)));
    assertReason(RejectionCode.UNKNOWN_HEIGHT, rules.target(new Fixture.MemoryView(), header));
    four.accept(header, 0, 1, 2);
    assertThat(rules.target(four.view, header)).isInstanceOf(Verdict.Ignored.class);
  }

  @Test
  void badSignaturesAreNamed() {
    SortedMap<Integer, EcdsaSignature> signatures = four.signatures(header, 0, 1, 2);
    assertReason(
        RejectionCode.UNKNOWN_SIGNER,
        rules.signer(four.view, header, new Fixture(5, 4).sign(4, header)));
    signatures.put(3, signatures.get(0));
    assertReason(RejectionCode.DUPLICATE_SIGNER, rules.compose(four.view, header, signatures));
    signatures.put(3, four.sign(3, Fixture.header(151)));
    assertReason(RejectionCode.UNKNOWN_SIGNER, rules.compose(four.view, header, signatures));
    signatures.put(3, new EcdsaSignature(Bytes.wrap(new byte[64])));
    assertReason(RejectionCode.BAD_SIGNATURE, rules.compose(four.view, header, signatures));
    signatures.remove(3);
    signatures.put(-1, four.sign(3, header));
    assertReason(RejectionCode.DUPLICATE_SIGNER, rules.compose(four.view, header, signatures));
    assertReason(RejectionCode.MALFORMED, rules.compose(four.view, Bytes.EMPTY, signatures));
    assertReason(
        RejectionCode.UNKNOWN_HEIGHT, rules.compose(new Fixture.MemoryView(), header, signatures));
  }
}
