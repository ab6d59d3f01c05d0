// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleHtlc} from "../../main/solidity/TrestleHtlc.sol";
import {HtlcBase} from "../../main/solidity/HtlcBase.sol";
import {HtlcBatches} from "../../main/solidity/HtlcBatches.sol";
import {Receiver} from "./BadTokens.sol";
import {HtlcFixture} from "./HtlcFixture.sol";

/// @dev The attacks on swaps that meet the EVM contract, by their numbers in the list of forty (docs/htlc-contract.md says
///   where the others are met).
contract HtlcAttacksTest is HtlcFixture {
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    /// 1: a preimage has 32 bytes, by its type. One that is longer or shorter has another hash than that of a word.
    function testFuzz_attack01_secretLengthMismatch(bytes memory secret) public {
        vm.assume(secret.length != 32);
        hash = sha256(secret);
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        lock(t);
        bytes memory call = bytes.concat(
            htlc.claim.selector, secret, abi.encode(t.token, t.amount, t.claimer, t.refunder, t.expiry)
        );
        (bool done,) = address(htlc).call(call);
        assertTrue(!done, "claimed by raw bytes");
        bytes32 padded;
        assembly ("memory-safe") {
            padded := mload(add(secret, 32))
        }
        (done,) = address(htlc).call(
            abi.encodeCall(htlc.claim, (padded, t.token, t.amount, t.claimer, t.refunder, t.expiry))
        );
        assertTrue(!done, "claimed by the first word");
    }

    /// 2: only sha256 of the word opens a lock, not keccak256, nor a hash of another encoding.
    function test_attack02_hashMismatch() public {
        bytes32[4] memory others = [
            keccak256(abi.encodePacked(SECRET)),
            sha256(abi.encode(uint256(32), uint256(32), SECRET)),
            bytes32(uint256(uint160(ripemd160(abi.encodePacked(hash))))),
            sha256(abi.encodePacked(hash))
        ];
        for (uint256 i = 0; i < 4; i++) {
            hash = others[i];
            HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
            bytes32 right = idOf(t);
            lock(t);
            vm.expectRevert();
            claim(SECRET, t);
            assertEq(htlc.status(right), 1);
        }
    }

    /// 6: one preimage opens every lock of its hash, but each pays its own claimer and ends alone.
    function test_attack06_sameHashReuse() public {
        HtlcBase.Terms memory first = termsOf(address(0), 1 ether);
        HtlcBase.Terms memory second = termsOf(address(0), 2 ether);
        second.claimer = STRANGER;
        lock(first);
        lock(second);
        claim(SECRET, first);
        assertEq(claimer.balance, 1 ether);
        assertEq(htlc.status(idOf(second)), 1);
        assertEq(STRANGER.balance, 0);
    }

    /// 8: a lock that differs in one term is another lock, so that nothing like it counts in its place.
    function testFuzz_attack08_wrongLock(uint8 which) public {
        HtlcBase.Terms memory agreed = termsOf(address(token), 100);
        HtlcBase.Terms memory decoy = termsOf(address(token), 100);
        which %= 6;
        if (which == 0) decoy.hash = keccak256("other");
        if (which == 1) decoy.token = address(0);
        if (which == 2) decoy.amount = 99;
        if (which == 3) decoy.claimer = STRANGER;
        if (which == 4) decoy.refunder = STRANGER;
        if (which == 5) decoy.expiry -= 1;
        lock(decoy);
        assertEq(htlc.status(idOf(agreed)), 0);
        vm.expectRevert();
        claim(SECRET, agreed);
    }

    /// 11: sent twice because it was unsure whether it was sent: the second is refused, also after the first is claimed.
    function test_attack11_broadcastAmbiguity() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        bytes32 id = lock(t);
        claim(SECRET, t);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.AlreadyUsed.selector, id));
        htlc.lock{value: 1 ether}(t.hash, t.token, t.amount, t.claimer, t.refunder, t.expiry);
        (bytes32[] memory hashes, uint256[] memory claims,) = manyOf(2, 1);
        bytes32 batchId = htlc.lockBatch{value: 2}(batchOf(address(0)), hashes, claims);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.AlreadyUsed.selector, batchId));
        htlc.lockBatch{value: 2}(batchOf(address(0)), hashes, claims);
    }

    /// 16: whoever copies a claim out of the mempool pays the claimer, and has no hold on a sponsor's fee.
    function testFuzz_attack16_frontRunningOfRedeem(address thief) public {
        vm.assume(thief != address(0) && thief != claimer && thief != address(this) && uint160(thief) > 0xffff);
        uint256 before = thief.balance;
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        TrestleHtlc.Sponsorship memory s = sponsored(lock(t), claimer, 0.4 ether, address(this));
        vm.prank(thief);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotSponsor.selector, address(this)));
        htlc.claimFor(SECRET, t, own(), s);
        vm.prank(thief);
        claim(SECRET, t);
        assertEq(claimer.balance, 1 ether);
        assertEq(thief.balance, before);
    }

    /// 17: what was signed for one chain or contract is nothing on another, also after a fork that changes the id.
    function test_attack17_replayAcrossChainsContractsAndForks() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        bytes32 id = lock(t);
        TrestleHtlc.Sponsorship memory s = sponsored(id, STRANGER, 0, address(0));
        (bytes32 r, bytes32 vs) = signHash(CLAIMER_KEY, refundHash(id));
        bytes32 domain = htlc.domainSeparator();
        vm.chainId(block.chainid + 1);
        assertTrue(htlc.domainSeparator() != domain, "computed anew");
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.claimFor(SECRET, t, own(), s);
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.refundTogether(t, own(), r, vs);
        vm.chainId(block.chainid - 1);
        TrestleHtlc first = htlc;
        htlc = new TrestleHtlc();
        lock(t);
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.refundTogether(t, own(), r, vs);
        htlc = first;
        htlc.refundTogether(t, own(), r, vs);
        assertEq(REFUNDER.balance, 1 ether);
    }

    /// 18: a signature that recovers nobody is nobody's, also where the claimer is zero; there is no second form with a high s.
    function test_attack18_signatureEdgeCases() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        bytes32 id = lock(t);
        (bytes32 r, bytes32 vs) = signHash(CLAIMER_KEY, refundHash(id));
        uint256 s = uint256(vs) & type(uint256).max >> 1;
        bytes32 high = bytes32((ORDER - s) | (uint256(vs) >> 255 ^ 1) << 255);
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.refundTogether(t, own(), r, high);
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.refundTogether(t, own(), 0, 0);
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.refundTogether(t, own(), bytes32(ORDER), vs);
        HtlcBase.Terms memory zero = termsOf(address(0), 1 ether);
        zero.claimer = address(0);
        vm.deal(htlc.depositAddress(zero), 1 ether); // the only way to a lock with such a claimer
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.refundTogether(zero, atDeposit(), 0, 0);
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.claimFor(SECRET, zero, atDeposit(), TrestleHtlc.Sponsorship(STRANGER, 0, address(0), EXPIRY, 0, 0));
    }

    /// 22: a receiver that calls back into any function in the middle of its payment is paid once.
    function test_attack22_reentrancyByCoins() public {
        Receiver receiver = new Receiver();
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        t.claimer = address(receiver);
        t.refunder = address(receiver);
        HtlcBatches.Batch memory batch = HtlcBatches.Batch(address(0), address(receiver), EXPIRY);
        bytes32[] memory hashes = new bytes32[](1);
        uint256[] memory claims = new uint256[](1);
        (hashes[0], claims[0]) = (hash, claimOf(address(receiver), 1 ether));
        bytes32[] memory words = new bytes32[](1);
        words[0] = SECRET;
        HtlcBase.Terms[] memory items = new HtlcBase.Terms[](1);
        bytes[6] memory calls;
        for (uint256 i = 0; i < 6; i++) {
            t.amount = 1 ether + i;
            items[0] = t;
            calls[0] = abi.encodeCall(htlc.claim, (SECRET, t.token, t.amount, t.claimer, t.refunder, EXPIRY));
            calls[1] = abi.encodeCall(htlc.claimAt, (SECRET, t, own()));
            calls[2] = abi.encodeCall(htlc.claimBatch, (words, items));
            calls[3] = abi.encodeCall(htlc.refund, (hash, t.token, t.amount, t.claimer, t.refunder, EXPIRY));
            calls[4] = abi.encodeCall(htlc.refundAt, (t, own()));
            calls[5] = abi.encodeCall(htlc.claimFromBatch, (batch, 1, words, claims));
            lock(t);
            receiver.set(Receiver.Mode.REENTER, htlc, calls[i]);
            uint256 before = address(receiver).balance;
            claim(SECRET, t);
            assertEq(address(receiver).balance - before, 1 ether + i);
        }
        htlc.lockBatch{value: 1 ether}(batch, hashes, claims);
        receiver.set(Receiver.Mode.REENTER, htlc, abi.encodeCall(htlc.claimFromBatch, (batch, 1, words, claims)));
        uint256 all = address(receiver).balance;
        htlc.claimFromBatch(batch, 1, words, claims);
        assertEq(address(receiver).balance - all, 1 ether);
        assertEq(address(htlc).balance, 0);
    }

    /// 23: one bad claim of a batch spoils no other; too little gas spoils none.
    function test_attack23_batchPoison() public {
        (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets) = manyOf(4, 1 ether);
        Receiver bad = new Receiver();
        bad.set(Receiver.Mode.BURN, htlc, "");
        claims[0] = claimOf(address(bad), 1 ether);
        secrets[1] = keccak256("wrong"); // then these are not the leaves of any batch
        htlc.lockBatch{value: 4 ether}(batchOf(address(0)), hashes, claims);
        vm.expectRevert();
        htlc.claimFromBatch(batchOf(address(0)), 15, secrets, claims);
        secrets[1] = hashes[1]; // whose preimage is not known
        htlc.claimFromBatch(batchOf(address(0)), 13, secrets, claims);
        assertEq(payeeOf(2).balance, 1 ether);
        assertEq(payeeOf(3).balance, 1 ether);
        assertEq(address(htlc).balance, 2 ether);
    }

    /// 25: two deals that count on one lock: it pays once.
    function test_attack25_oneLockForTwoMatches() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        bytes32 id = lock(t);
        lock(termsOf(address(0), 2 ether)); // so that there are coins to steal
        claim(SECRET, t);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, id));
        claim(SECRET, t);
        vm.warp(EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, id));
        refund(t);
        assertEq(address(htlc).balance, 2 ether);
    }

    /// 26: at every second exactly one of claim and refund works, in all three places.
    function testFuzz_attack26_expiryEdge(uint8 around, uint8 where) public {
        uint256 time = uint256(EXPIRY) - 3 + around % 6;
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        TrestleHtlc.Place memory place = own();
        if (where % 3 == 0) {
            lock(t);
        } else if (where % 3 == 1) {
            vm.deal(htlc.depositAddress(t), 1 ether);
            place = atDeposit();
        } else {
            bytes32[] memory hashes = new bytes32[](1);
            uint256[] memory claims = new uint256[](1);
            (hashes[0], claims[0]) = (hash, claimOf(claimer, 1 ether));
            htlc.lockBatch{value: 1 ether}(batchOf(address(0)), hashes, claims);
            place = leafOf(idsOf(batchOf(address(0)), hashes, claims), 0);
        }
        vm.warp(time);
        if (time < EXPIRY) {
            vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotExpired.selector, EXPIRY));
            htlc.refundAt(t, place);
            htlc.claimAt(SECRET, t, place);
            assertEq(claimer.balance, 1 ether);
        } else {
            vm.expectRevert(abi.encodeWithSelector(HtlcBase.Expired.selector, EXPIRY));
            htlc.claimAt(SECRET, t, place);
            htlc.refundAt(t, place);
            assertEq(REFUNDER.balance, 1 ether);
        }
    }

    /// 28: a second lock of the same terms neither replaces nor joins the first.
    function test_attack28_duplicateLockOverwrite() public {
        bytes32 id = lockCoin();
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.AlreadyUsed.selector, id));
        htlc.lock{value: 1 ether}(hash, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.AlreadyUsed.selector, id));
        htlc.lockCoinFor{value: 1 ether}(hash, claimOf(claimer, EXPIRY), REFUNDER);
        assertEq(address(htlc).balance, 1 ether);
    }

    /// 34: a refund that is sent early fails and changes nothing.
    function test_attack34_refundBroadcastEarly() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        bytes32 id = lock(t);
        vm.warp(EXPIRY - 1);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotExpired.selector, EXPIRY));
        refund(t);
        assertEq(htlc.status(id), 1);
        claim(SECRET, t);
    }

    /// 36: a refund needs nobody but someone who sends it.
    function testFuzz_attack36_counterpartyAndServerOffline(address sender) public {
        HtlcBase.Terms memory t = termsOf(address(token), 1_000);
        lock(t);
        vm.warp(uint256(EXPIRY) + 1_000 days);
        vm.prank(sender);
        refund(t);
        assertEq(token.balanceOf(REFUNDER), 1_000);
    }

    /// 38: amounts and expiries that do not fit their fields are refused, not cut.
    function testFuzz_attack38_overflowAndTruncation(uint256 big) public {
        big = bound(big, 1 << 96, type(uint256).max);
        uint256 cut = claimOf(claimer, (uint256(1) << 64) + EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.BadExpiry.selector, type(uint64).max));
        htlc.lockCoinFor{value: 1}(hash, cut, REFUNDER);
        (bool done,) = address(htlc).call{value: 1}(
            abi.encodeWithSelector(
                htlc.lockCoinFor.selector, hash, claimOf(claimer, EXPIRY), uint256(uint160(REFUNDER)) | 1 << 160
            )
        );
        assertTrue(!done, "an address of 21 bytes");
        (done,) = address(htlc).call(
            abi.encodeWithSelector(htlc.lock.selector, hash, token, 1, claimer, REFUNDER, uint256(1) << 64 | EXPIRY)
        );
        assertTrue(!done, "an expiry of 9 bytes");
        // the sum of a batch does not wrap: 128 times the largest amount
        uint256[] memory claims = new uint256[](128);
        bytes32[] memory hashes = new bytes32[](128);
        for (uint256 i = 0; i < 128; i++) {
            hashes[i] = keccak256(abi.encode(i));
            claims[i] = claimOf(claimer, type(uint96).max);
        }
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(token)));
        htlc.lockBatch(batchOf(address(token)), hashes, claims);
        vm.deal(address(this), big);
        HtlcBase.Terms memory t = termsOf(address(0), big);
        lock(t);
        claim(SECRET, t);
        assertEq(claimer.balance, big);
    }

    /// Coins that are forced into the contract belong to no lock and change none.
    function test_forcedCoinsChangeNothing() public {
        lockCoin();
        vm.deal(address(htlc), 3 ether);
        token.transfer(address(htlc), 500);
        lock(termsOf(address(token), 100));
        claim(SECRET, termsOf(address(token), 100));
        claim(SECRET, termsOf(address(0), 1 ether));
        assertEq(claimer.balance, 1 ether);
        assertEq(token.balanceOf(claimer), 100);
    }
}
