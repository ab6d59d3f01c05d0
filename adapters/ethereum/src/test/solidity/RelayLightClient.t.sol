// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RelayLightClient} from "../../main/solidity/RelayLightClient.sol";
import {RelayFixture} from "./RelayFixture.sol";

contract RelayLightClientTest is RelayFixture {
    uint256[] private oldKeys;
    uint256[] private newKeys;
    address[] private oldSet;
    address[] private newSet;
    RelayLightClient private client;

    function setUp() public {
        vm.warp(1_800_000_000);
        oldKeys = keys(4, 1);
        newKeys = keys(5, 2);
        oldSet = addresses(oldKeys);
        newSet = addresses(newKeys);
        client = new RelayLightClient(HUB, 0, 1, oldSet);
    }

    function head(uint64 height) private view returns (Head memory) {
        return Head(height, 0, setHash(oldSet), setHash(oldSet), keccak256("outbox"));
    }

    function test_verifiesABlockOfThreeInFour() public view {
        bytes memory header = encode(head(7));
        RelayLightClient.RelayBlock memory got = client.verify(header, certify(header, 7, oldKeys, 0xb), oldSet);
        assertEq(got.id, keccak256(header));
        assertEq(got.height, 7);
        assertEq(got.timeMs, 1_700_000_000_000);
        assertEq(got.outboxRoot, keccak256("outbox"));
        assertEq(got.stateRoot, keccak256("state"));
        assertEq(got.historyRoot, keccak256("history"));
        assertEq(client.hashOf(oldSet), setHash(oldSet));
    }

    function test_refusesTwoInFour() public {
        bytes memory header = encode(head(7));
        bytes memory certificate = certify(header, 7, oldKeys, 0x5);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.QuorumTooLow.selector, 2, 4));
        client.verify(header, certificate, oldSet);
    }

    function test_refusesNoSignatureAtAll() public {
        bytes memory header = encode(head(7));
        bytes memory certificate = certify(header, 7, oldKeys, 0);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.QuorumTooLow.selector, 0, 4));
        client.verify(header, certificate, oldSet);
    }

    function testFuzz_quorumIsMoreThanTwoThirds(uint8 size, uint256 mask) public {
        uint256 n = bound(size, 4, 20);
        mask = mask & ((1 << n) - 1);
        uint256 k;
        for (uint256 m = mask; m != 0; m >>= 1) {
            k += m & 1;
        }
        uint256[] memory some = keys(n, 3);
        address[] memory set = addresses(some);
        RelayLightClient other = new RelayLightClient(HUB, 0, 1, set);
        bytes memory header = encode(Head(9, 0, setHash(set), setHash(set), 0));
        bytes memory certificate = certify(header, 9, some, mask);
        if (3 * k <= 2 * n) vm.expectRevert(abi.encodeWithSelector(RelayLightClient.QuorumTooLow.selector, k, n));
        other.verify(header, certificate, set);
    }

    /// One signer in two places: the second place belongs to another validator.
    function test_refusesADuplicatedSigner() public {
        bytes memory header = encode(head(7));
        bytes memory once = sign(oldKeys[0], commitDigest(header, 7, 3));
        bytes memory certificate =
            bytes.concat(certificateHead(header, 7, 3, 4, hex"07"), once, sign(oldKeys[1], commitDigest(header, 7, 3)), once);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.BadSignature.selector, 2));
        client.verify(header, certificate, oldSet);
    }

    function test_refusesSignaturesOutOfOrder() public {
        bytes memory header = encode(head(7));
        bytes32 digest = commitDigest(header, 7, 3);
        bytes memory certificate = bytes.concat(
            certificateHead(header, 7, 3, 4, hex"07"),
            sign(oldKeys[1], digest),
            sign(oldKeys[0], digest),
            sign(oldKeys[2], digest)
        );
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.BadSignature.selector, 0));
        client.verify(header, certificate, oldSet);
    }

    function test_refusesBitsBeyondTheSet() public {
        bytes memory header = encode(head(7));
        bytes memory certificate = certify(header, 7, oldKeys, 0x7);
        certificate[48] = 0x17;
        certificate = bytes.concat(certificate, new bytes(64));
        vm.expectRevert(RelayLightClient.BitsBeyondSet.selector);
        client.verify(header, certificate, oldSet);
    }

    /// As many bits as signatures, neither more nor fewer, also where every signature is good.
    function test_refusesBitsWithoutSignatureAndSignaturesWithoutBit() public {
        bytes memory header = encode(head(7));
        bytes memory three = certify(header, 7, oldKeys, 0x7);
        three[48] = 0x0f;
        vm.expectRevert(RelayLightClient.CertificateMalformed.selector);
        client.verify(header, three, oldSet);
        bytes memory four = certify(header, 7, oldKeys, 0xf);
        four[48] = 0x07;
        vm.expectRevert(RelayLightClient.CertificateMalformed.selector);
        client.verify(header, four, oldSet);
        // signatures do not make a quorum of validators that did not sign
        bytes memory one = bytes.concat(three, new bytes(64));
        one[48] = 0x01;
        vm.expectRevert(RelayLightClient.CertificateMalformed.selector);
        client.verify(header, one, oldSet);
    }

    /// Every multiple of 8 and what is beside it: the last byte of the bitmap is full or not.
    function test_allSignAtEverySizeOfTheBitmap() public {
        for (uint256 n = 7; n <= 25; n++) {
            uint256[] memory some = keys(n, 3);
            address[] memory set = addresses(some);
            RelayLightClient other = new RelayLightClient(HUB, 0, 1, set);
            bytes memory header = encode(Head(9, 0, setHash(set), setHash(set), 0));
            bytes memory certificate = certify(header, 9, some, (1 << n) - 1);
            other.verify(header, certificate, set);
            if (n % 8 == 0) continue;
            certificate[48 + n / 8] |= bytes1(uint8(1 << (n % 8)));
            vm.expectRevert(RelayLightClient.BitsBeyondSet.selector);
            other.verify(header, certificate, set);
        }
    }

    /// A word whose last 20 bytes are a validator's address is not that validator.
    function test_refusesWordsThatAreNoAddresses() public view {
        bytes memory header = encode(head(7));
        bytes memory call_ = abi.encodeCall(RelayLightClient.verify, (header, certify(header, 7, oldKeys, 0x7), oldSet));
        (bool good,) = address(client).staticcall(call_);
        assertTrue(good, "the call as it is");
        for (uint256 i = 0; i < 4; i++) {
            bytes memory changed = bytes.concat(call_);
            changed[call_.length - 32 * (4 - i)] = 0x01;
            (bool taken, bytes memory why) = address(client).staticcall(changed);
            assertTrue(!taken, "a word that is no address");
            assertEq(bytes32(why), bytes32(RelayLightClient.ValidatorsMalformed.selector));
        }
    }

    function test_refusesHighS() public {
        bytes memory header = encode(head(7));
        bytes32 digest = commitDigest(header, 7, 3);
        (, bytes32 r, bytes32 s) = vm.sign(oldKeys[0], digest);
        uint256 high = ORDER - uint256(s);
        for (uint256 parity = 0; parity < 2; parity++) {
            // only a high s below 2^255 can be written at all; either way no parity may pass
            bytes memory certificate = bytes.concat(
                certificateHead(header, 7, 3, 4, hex"07"),
                abi.encodePacked(r, (high & (type(uint256).max >> 1)) | (parity << 255)),
                sign(oldKeys[1], digest),
                sign(oldKeys[2], digest)
            );
            vm.expectRevert(abi.encodeWithSelector(RelayLightClient.BadSignature.selector, 0));
            client.verify(header, certificate, oldSet);
        }
    }

    /// ecrecover answers zero for garbage: no validator is address zero, and zero is never taken for one.
    function test_refusesGarbageSignatures() public {
        bytes memory header = encode(head(7));
        bytes memory certificate = bytes.concat(certificateHead(header, 7, 3, 4, hex"0f"), new bytes(256));
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.BadSignature.selector, 0));
        client.verify(header, certificate, oldSet);
    }

    function test_refusesOtherLengthsAndVersions() public {
        bytes memory header = encode(head(7));
        bytes memory certificate = certify(header, 7, oldKeys, 0x7);
        vm.expectRevert(RelayLightClient.CertificateMalformed.selector);
        client.verify(header, bytes.concat(certificate, hex"00"), oldSet);
        vm.expectRevert(RelayLightClient.CertificateMalformed.selector);
        client.verify(header, cut(certificate, certificate.length - 1), oldSet);
        vm.expectRevert(RelayLightClient.CertificateMalformed.selector);
        client.verify(header, cut(certificate, 48), oldSet);
        vm.expectRevert(RelayLightClient.CertificateMalformed.selector);
        client.verify(header, "", oldSet);
        vm.expectRevert(RelayLightClient.HeaderMalformed.selector);
        client.verify(bytes.concat(header, hex"00"), certificate, oldSet);
        vm.expectRevert(RelayLightClient.HeaderMalformed.selector);
        client.verify(cut(header, 397), certificate, oldSet);
        certificate[1] = 0x02;
        vm.expectRevert(RelayLightClient.CertificateMalformed.selector);
        client.verify(header, certificate, oldSet);
        header[1] = 0x02;
        vm.expectRevert(RelayLightClient.HeaderMalformed.selector);
        client.verify(header, certificate, oldSet);
    }

    /// Whatever bit of header or certificate is changed: it is refused.
    function testFuzz_noBitCanBeChanged(uint16 position, uint8 bit, bool inHeader) public {
        bytes memory header = encode(head(7));
        bytes memory certificate = certify(header, 7, oldKeys, 0x7);
        bytes memory changed = inHeader ? header : certificate;
        changed[position % changed.length] ^= bytes1(uint8(1 << (bit % 8)));
        vm.expectRevert();
        client.verify(header, certificate, oldSet);
    }

    function test_refusesAnotherRelayChain() public {
        RelayLightClient other = new RelayLightClient(keccak256("another"), 0, 1, oldSet);
        bytes memory header = encode(head(7));
        bytes memory certificate = certify(header, 7, oldKeys, 0x7);
        vm.expectRevert(RelayLightClient.WrongRelayChain.selector);
        other.verify(header, certificate, oldSet);
    }

    function test_refusesTheCertificateOfAnotherBlock() public {
        bytes memory header = encode(head(7));
        bytes memory certificate = certify(encode(head(8)), 8, oldKeys, 0x7);
        vm.expectRevert(RelayLightClient.CertificateOfOtherBlock.selector);
        client.verify(header, certificate, oldSet);
    }

    /// Even if a quorum signed it: a height that is not the header's.
    function test_refusesTheCertificateOfAnotherHeight() public {
        bytes memory header = encode(head(7));
        bytes32 digest = commitDigest(header, 8, 3);
        bytes memory certificate = bytes.concat(
            certificateHead(header, 8, 3, 4, hex"07"),
            sign(oldKeys[0], digest),
            sign(oldKeys[1], digest),
            sign(oldKeys[2], digest)
        );
        vm.expectRevert(RelayLightClient.CertificateOfOtherBlock.selector);
        client.verify(header, certificate, oldSet);
    }

    /// Fields that the signatures do not cover, or that they cover although nobody may sign them.
    function test_refusesTheSizeOfAnotherSetAndReservedBytes() public {
        bytes memory header = encode(head(7));
        bytes memory certificate = certify(header, 7, oldKeys, 0x7);
        certificate[47] = 0x05;
        vm.expectRevert(RelayLightClient.CertificateMalformed.selector);
        client.verify(header, certificate, oldSet);
        for (uint256 i = 366; i < 398; i += 31) {
            header = encode(head(7));
            header[i] = 0x01;
            certificate = certify(header, 7, oldKeys, 0x7);
            vm.expectRevert(RelayLightClient.HeaderMalformed.selector);
            client.verify(header, certificate, oldSet);
        }
    }

    /// Signed by the trusted set, but in the name of another.
    function test_refusesAHeaderThatNamesAnotherSet() public {
        bytes memory header = encode(Head(7, 0, setHash(newSet), setHash(newSet), 0));
        bytes memory certificate = certify(header, 7, oldKeys, 0x7);
        vm.expectRevert(RelayLightClient.WrongValidators.selector);
        client.verify(header, certificate, oldSet);
    }

    function test_refusesValidatorsThatItDoesNotTrust() public {
        bytes memory header = encode(Head(7, 0, setHash(newSet), setHash(newSet), 0));
        bytes memory certificate = certify(header, 7, newKeys, 0x1f);
        vm.expectRevert(RelayLightClient.WrongValidators.selector);
        client.verify(header, certificate, newSet);
        bytes memory liar = encode(Head(7, 0, setHash(oldSet), setHash(oldSet), 0));
        vm.expectRevert(RelayLightClient.WrongValidators.selector);
        client.verify(liar, certify(liar, 7, newKeys, 0x1f), newSet);
    }

    function test_refusesSetsThatAreTooSmallOrNotAscending() public {
        address[] memory three = addresses(keys(3, 1));
        vm.expectRevert(RelayLightClient.ValidatorsMalformed.selector);
        new RelayLightClient(HUB, 0, 1, three);
        address[] memory twice = addresses(keys(4, 1));
        twice[1] = twice[0];
        vm.expectRevert(RelayLightClient.ValidatorsMalformed.selector);
        new RelayLightClient(HUB, 0, 1, twice);
        address[] memory zero = addresses(keys(4, 1));
        zero[0] = address(0);
        vm.expectRevert(RelayLightClient.ValidatorsMalformed.selector);
        new RelayLightClient(HUB, 0, 1, zero);
        vm.expectRevert(RelayLightClient.ValidatorsMalformed.selector);
        new RelayLightClient(HUB, 0, 1, new address[](0));
    }

    function handOver(uint64 height, uint64 epoch) private returns (bytes memory header) {
        header = encode(Head(height, epoch, setHash(oldSet), setHash(newSet), 0));
        client.updateValidators(header, certify(header, height, oldKeys, 0x7), oldSet, newSet);
    }

    function test_handsOverToTheNextValidators() public {
        handOver(10, 0);
        assertEq(client.eraCount(), 2);
        RelayLightClient.Era memory era = client.currentEra();
        assertEq(era.validatorsHash, setHash(newSet));
        assertEq(era.firstEpoch, 1);
        assertEq(era.firstHeight, 11);

        bytes memory next = encode(Head(11, 1, setHash(newSet), setHash(newSet), 0));
        client.verify(next, certify(next, 11, newKeys, 0x1e), newSet);
        // the old set no longer certifies new blocks, nor the new one old blocks
        bytes memory late = encode(Head(11, 0, setHash(oldSet), setHash(oldSet), 0));
        bytes memory lateCertificate = certify(late, 11, oldKeys, 0xf);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.UnknownEra.selector, 0, 11));
        client.verify(late, lateCertificate, oldSet);
        bytes memory early = encode(Head(9, 1, setHash(newSet), setHash(newSet), 0));
        bytes memory earlyCertificate = certify(early, 9, newKeys, 0x1f);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.UnknownEra.selector, 1, 9));
        client.verify(early, earlyCertificate, newSet);
    }

    function test_anOldEraExpires() public {
        bytes memory header = encode(head(7));
        bytes memory certificate = certify(header, 7, oldKeys, 0x7);
        handOver(10, 0);
        vm.warp(block.timestamp + client.OLD_ERA_GRACE());
        client.verify(header, certificate, oldSet);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.EraExpired.selector, 0));
        client.verify(header, certificate, oldSet);
    }

    /// Through several eras: each certifies its own blocks, whoever came later, and its grace is its own.
    function test_everyEraCertifiesItsOwnBlocks() public {
        handOver(10, 0);
        uint256 first = block.timestamp;
        vm.warp(first + 1 days);
        bytes memory back = encode(Head(20, 1, setHash(newSet), setHash(oldSet), 0));
        client.updateValidators(back, certify(back, 20, newKeys, 0xf), newSet, oldSet);
        assertEq(client.eraCount(), 3);
        assertEq(client.eraAt(0).firstHeight, 1);
        assertEq(client.eraAt(0).retiredAt, first);
        assertEq(client.eraAt(1).firstHeight, 11);
        assertEq(client.eraAt(1).retiredAt, first + 1 days);
        assertEq(client.eraAt(2).firstHeight, 21);
        assertEq(client.eraAt(2).retiredAt, 0);
        assertEq(client.currentEra().firstEpoch, 2);

        bytes memory oldest = encode(head(7));
        bytes memory oldestCertificate = certify(oldest, 7, oldKeys, 0x7);
        bytes memory middle = encode(Head(15, 1, setHash(newSet), setHash(newSet), 0));
        bytes memory middleCertificate = certify(middle, 15, newKeys, 0xf);
        bytes memory newest = encode(Head(25, 2, setHash(oldSet), setHash(oldSet), 0));
        bytes memory newestCertificate = certify(newest, 25, oldKeys, 0x7);
        client.verify(oldest, oldestCertificate, oldSet);
        client.verify(middle, middleCertificate, newSet);
        client.verify(newest, newestCertificate, oldSet);
        // the set is trusted again, but not for the blocks of the era between
        bytes memory usurped = encode(Head(15, 1, setHash(oldSet), setHash(oldSet), 0));
        bytes memory usurpedCertificate = certify(usurped, 15, oldKeys, 0xf);
        vm.expectRevert(RelayLightClient.WrongValidators.selector);
        client.verify(usurped, usurpedCertificate, oldSet);

        vm.warp(first + client.OLD_ERA_GRACE() + 1);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.EraExpired.selector, 0));
        client.verify(oldest, oldestCertificate, oldSet);
        client.verify(middle, middleCertificate, newSet);
        client.verify(newest, newestCertificate, oldSet);
    }

    function test_handOverOnlyForwardAndOnlyOnce() public {
        bytes memory header = handOver(10, 0);
        bytes memory certificate = certify(header, 10, oldKeys, 0x7);
        vm.expectRevert(RelayLightClient.NoHandOver.selector);
        client.updateValidators(header, certificate, oldSet, newSet);
        // a second hand-over signed by the old set, to a set of its own
        bytes memory other = encode(Head(9, 0, setHash(oldSet), setHash(addresses(keys(4, 9))), 0));
        bytes memory otherCertificate = certify(other, 9, oldKeys, 0xf);
        address[] memory otherSet = addresses(keys(4, 9));
        vm.expectRevert(RelayLightClient.NoHandOver.selector);
        client.updateValidators(other, otherCertificate, oldSet, otherSet);
    }

    function test_refusesAHandOverWithoutChangeOrToAnotherSet() public {
        bytes memory same = encode(head(7));
        bytes memory certificate = certify(same, 7, oldKeys, 0x7);
        vm.expectRevert(RelayLightClient.NoHandOver.selector);
        client.updateValidators(same, certificate, oldSet, oldSet);
        bytes memory header = encode(Head(7, 0, setHash(oldSet), setHash(newSet), 0));
        certificate = certify(header, 7, oldKeys, 0x7);
        address[] memory liars = addresses(keys(5, 77));
        vm.expectRevert(RelayLightClient.WrongValidators.selector);
        client.updateValidators(header, certificate, oldSet, liars);
        vm.expectRevert(RelayLightClient.ValidatorsMalformed.selector);
        client.updateValidators(header, certificate, oldSet, new address[](0));
    }

    /// Epochs go on while the set stays: no hand-over is needed, and the next one ends the era.
    function test_epochsWithoutAChangeBelongToTheSameEra() public {
        bytes memory header = encode(Head(5_000, 8, setHash(oldSet), setHash(oldSet), 0));
        client.verify(header, certify(header, 5_000, oldKeys, 0x7), oldSet);
        handOver(6_000, 9);
        assertEq(client.currentEra().firstEpoch, 10);
        // an old block that claims an epoch of the new era
        bytes memory odd = encode(Head(5_000, 10, setHash(oldSet), setHash(oldSet), 0));
        bytes memory certificate = certify(odd, 5_000, oldKeys, 0xf);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.UnknownEra.selector, 10, 5_000));
        client.verify(odd, certificate, oldSet);
    }

    function test_refusesBlocksBeforeTheTrustedStart() public {
        RelayLightClient late = new RelayLightClient(HUB, 2, 100, oldSet);
        bytes memory header = encode(Head(99, 2, setHash(oldSet), setHash(oldSet), 0));
        bytes memory certificate = certify(header, 99, oldKeys, 0xf);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.UnknownEra.selector, 2, 99));
        late.verify(header, certificate, oldSet);
        header = encode(Head(100, 1, setHash(oldSet), setHash(oldSet), 0));
        certificate = certify(header, 100, oldKeys, 0xf);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.UnknownEra.selector, 1, 100));
        late.verify(header, certificate, oldSet);
    }

    function cut(bytes memory source, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i = 0; i < length; i++) {
            out[i] = source[i];
        }
    }
}
