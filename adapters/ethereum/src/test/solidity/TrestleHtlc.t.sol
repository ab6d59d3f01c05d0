// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleHtlc} from "../../main/solidity/TrestleHtlc.sol";
import {TestToken} from "./tokens/TestToken.sol";
import {
    CallbackToken, FalseToken, FeeToken, LyingToken, NoReturnToken, Receiver
} from "./BadTokens.sol";
import {HtlcBase} from "../../main/solidity/HtlcBase.sol";
import {HtlcFixture} from "./HtlcFixture.sol";

/// @dev Locks in a slot of their own.
contract TrestleHtlcTest is HtlcFixture {
    event Locked(
        bytes32 indexed lockId,
        bytes32 indexed hash,
        address indexed claimer,
        address refunder,
        address token,
        uint256 amount,
        uint64 expiry
    );
    event LockedCoin(bytes32 indexed lockId, bytes32 indexed hash, uint256 claimerAmount, uint256 refunderExpiry);
    event Claimed(bytes32 indexed key, bytes32 indexed hash, bytes32 preimage);
    event Refunded(bytes32 indexed key, bytes32 indexed hash);
    event ClaimSkipped(bytes32 indexed key, uint256 index);

    function test_locksAndPaysTheClaimerWhoeverSends() public {
        bytes32 id = keccak256(abi.encode(hash, address(0), 1 ether, claimer, REFUNDER, EXPIRY));
        vm.expectEmit(true, true, true, true, address(htlc));
        emit Locked(id, hash, claimer, REFUNDER, address(0), 1 ether, EXPIRY);
        lockCoin();
        assertEq(htlc.status(id), 1);
        assertEq(uint256(vm.load(address(htlc), keccak256(abi.encode(id, uint256(0))))), 1);
        vm.expectEmit(true, true, true, true, address(htlc));
        emit Claimed(id, hash, SECRET);
        vm.prank(STRANGER);
        htlc.claim(SECRET, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
        assertEq(claimer.balance, 1 ether);
        assertEq(address(htlc).balance, 0);
        assertEq(htlc.status(id), 2);
    }

    function test_refundsWhoeverSends() public {
        bytes32 id = lockCoin();
        vm.warp(EXPIRY);
        vm.expectEmit(true, true, true, true, address(htlc));
        emit Refunded(id, hash);
        vm.prank(STRANGER);
        htlc.refund(hash, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
        assertEq(REFUNDER.balance, 1 ether);
        assertEq(htlc.status(id), 3);
    }

    /// Up to the last second only the claim, from the expiry on only the refund.
    function testFuzz_exactlyOneSideOfTheExpiry(uint32 offset) public {
        lockCoin();
        uint256 time = uint256(NOW) + offset % 7_200;
        vm.warp(time);
        if (time < EXPIRY) {
            vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotExpired.selector, EXPIRY));
            htlc.refund(hash, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
            htlc.claim(SECRET, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
        } else {
            vm.expectRevert(abi.encodeWithSelector(HtlcBase.Expired.selector, EXPIRY));
            htlc.claim(SECRET, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
            htlc.refund(hash, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
        }
        assertEq(address(htlc).balance, 0);
    }

    function test_boundaryIsTheSecondOfTheExpiry() public {
        lockCoin();
        vm.warp(EXPIRY - 1);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotExpired.selector, EXPIRY));
        htlc.refund(hash, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
        vm.warp(EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.Expired.selector, EXPIRY));
        htlc.claim(SECRET, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
    }

    function testFuzz_refusesWrongPreimages(bytes32 guess) public {
        vm.assume(guess != SECRET);
        lockCoin();
        vm.expectRevert();
        htlc.claim(guess, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
        assertEq(address(htlc).balance, 1 ether);
    }

    function test_refusesOtherTerms() public {
        lockCoin();
        vm.expectRevert();
        htlc.claim(SECRET, address(0), 2 ether, claimer, REFUNDER, EXPIRY);
        vm.expectRevert();
        htlc.claim(SECRET, address(0), 1 ether, address(this), REFUNDER, EXPIRY);
        vm.expectRevert();
        htlc.claim(SECRET, address(token), 1 ether, claimer, REFUNDER, EXPIRY);
        vm.warp(EXPIRY);
        vm.expectRevert();
        htlc.refund(hash, address(0), 1 ether, claimer, address(this), EXPIRY);
        vm.expectRevert();
        htlc.refund(hash, address(0), 1 ether, claimer, REFUNDER, EXPIRY - 1);
    }

    function test_aLockIdIsGoodOnce() public {
        bytes32 id = lockCoin();
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.AlreadyUsed.selector, id));
        htlc.lock{value: 1 ether}(hash, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
        htlc.claim(SECRET, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, id));
        htlc.claim(SECRET, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.AlreadyUsed.selector, id));
        htlc.lock{value: 1 ether}(hash, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
        vm.warp(EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, id));
        htlc.refund(hash, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
    }

    function expectBad(bytes memory reason, bytes32 h, address t, uint256 a, address c, address r, uint64 e) private {
        vm.expectRevert(reason);
        htlc.lock{value: t == address(0) ? a : 0}(h, t, a, c, r, e);
    }

    function test_refusesTermsThatCannotWork() public {
        bytes memory bad = abi.encodeWithSelector(HtlcBase.BadTerms.selector);
        expectBad(bad, 0, address(0), 1, claimer, REFUNDER, EXPIRY);
        expectBad(bad, hash, address(0), 0, claimer, REFUNDER, EXPIRY);
        expectBad(bad, hash, address(0), 1, address(0), REFUNDER, EXPIRY);
        expectBad(bad, hash, address(0), 1, claimer, address(0), EXPIRY);
        expectBad(bad, hash, address(0), 1, address(htlc), REFUNDER, EXPIRY);
        expectBad(bad, hash, address(token), 1, claimer, address(token), EXPIRY);
        expectBad(abi.encodeWithSelector(HtlcBase.BadExpiry.selector, NOW), hash, address(0), 1, claimer, REFUNDER, NOW);
        uint64 far = NOW + 30 days + 1;
        expectBad(abi.encodeWithSelector(HtlcBase.BadExpiry.selector, far), hash, address(0), 1, claimer, REFUNDER, far);
        uint64 never = type(uint64).max;
        expectBad(abi.encodeWithSelector(HtlcBase.BadExpiry.selector, never), hash, address(0), 1, claimer, REFUNDER, never);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.WrongValue.selector, 1, 2));
        htlc.lock{value: 1}(hash, address(0), 2, claimer, REFUNDER, EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.WrongValue.selector, 1, 0));
        htlc.lock{value: 1}(hash, address(token), 1, claimer, REFUNDER, EXPIRY);
        address phantom = address(0x70ce4);
        expectBad(abi.encodeWithSelector(HtlcBase.NoToken.selector, phantom), hash, phantom, 1, claimer, REFUNDER, EXPIRY);
        (bool sent,) = address(htlc).call{value: 1}("");
        assertTrue(!sent, "coins without a lock");
    }

    function test_locksAndPaysTokens() public {
        htlc.lock(hash, address(token), 700, claimer, REFUNDER, EXPIRY);
        assertEq(token.balanceOf(address(htlc)), 700);
        htlc.claim(SECRET, address(token), 700, claimer, REFUNDER, EXPIRY);
        assertEq(token.balanceOf(claimer), 700);
        htlc.lock(hash, address(token), 300, claimer, REFUNDER, EXPIRY);
        vm.warp(EXPIRY);
        htlc.refund(hash, address(token), 300, claimer, REFUNDER, EXPIRY);
        assertEq(token.balanceOf(REFUNDER), 300);
        assertEq(token.balanceOf(address(htlc)), 0);
    }

    function test_takesTokensThatReturnNothing() public {
        NoReturnToken usdt = new NoReturnToken();
        usdt.mint(address(this), 500);
        htlc.lock(hash, address(usdt), 500, claimer, REFUNDER, EXPIRY);
        usdt.setBlocked(claimer, true);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(usdt)));
        htlc.claim(SECRET, address(usdt), 500, claimer, REFUNDER, EXPIRY);
        usdt.setBlocked(claimer, false);
        htlc.claim(SECRET, address(usdt), 500, claimer, REFUNDER, EXPIRY);
        assertEq(usdt.balanceOf(claimer), 500);
    }

    function test_refusesTokensThatDoNotBringTheAmount() public {
        TestToken[3] memory bad = [TestToken(new FeeToken()), new FalseToken(), new LyingToken()];
        for (uint256 i = 0; i < 3; i++) {
            bad[i].mint(address(this), 1_000);
            bad[i].approve(address(htlc), 1_000);
        }
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.WrongAmountReceived.selector, 990, 1_000));
        htlc.lock(hash, address(bad[0]), 1_000, claimer, REFUNDER, EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(bad[1])));
        htlc.lock(hash, address(bad[1]), 1_000, claimer, REFUNDER, EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.WrongAmountReceived.selector, 0, 1_000));
        htlc.lock(hash, address(bad[2]), 1_000, claimer, REFUNDER, EXPIRY);
        token.approve(address(htlc), 5);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(token)));
        htlc.lock(hash, address(token), 6, claimer, REFUNDER, EXPIRY);
    }

    /// A token that calls back cannot count one deposit for two locks.
    function test_aTokenCannotReenter() public {
        CallbackToken evil = new CallbackToken();
        evil.mint(address(this), 1_000);
        evil.approve(address(htlc), 1_000);
        evil.setCall(abi.encodeCall(htlc.lock, (hash, address(evil), 400, claimer, REFUNDER, EXPIRY)));
        htlc.lock(hash, address(evil), 500, claimer, REFUNDER, EXPIRY);
        assertTrue(!evil.entered(), "entered");
        assertEq(evil.balanceOf(address(htlc)), 500);
    }

    function test_aReceiverCannotReenter() public {
        Receiver receiver = new Receiver();
        htlc.lock{value: 1 ether}(hash, address(0), 1 ether, address(receiver), REFUNDER, EXPIRY);
        htlc.lock{value: 2 ether}(hash, address(0), 2 ether, address(receiver), REFUNDER, EXPIRY);
        receiver.set(
            Receiver.Mode.REENTER,
            htlc,
            abi.encodeCall(htlc.claim, (SECRET, address(0), 2 ether, address(receiver), REFUNDER, EXPIRY))
        );
        htlc.claim(SECRET, address(0), 1 ether, address(receiver), REFUNDER, EXPIRY);
        assertTrue(!receiver.entered(), "entered");
        assertEq(address(receiver).balance, 1 ether);
    }

    function test_aReceiverThatRefusesCanStillTakeItLater() public {
        Receiver receiver = new Receiver();
        htlc.lock{value: 1 ether}(hash, address(0), 1 ether, address(receiver), REFUNDER, EXPIRY);
        receiver.set(Receiver.Mode.REFUSE, htlc, "");
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.PaymentFailed.selector, address(receiver)));
        htlc.claim(SECRET, address(0), 1 ether, address(receiver), REFUNDER, EXPIRY);
        receiver.set(Receiver.Mode.ACCEPT, htlc, "");
        htlc.claim(SECRET, address(0), 1 ether, address(receiver), REFUNDER, EXPIRY);
        assertEq(address(receiver).balance, 1 ether);
    }

    function test_lockCoinMakesTheSameLock() public {
        bytes32 id = idOf(termsOf(address(0), 1 ether));
        vm.expectEmit(true, true, true, true, address(htlc));
        emit LockedCoin(id, hash, claimOf(claimer, 1 ether), claimOf(REFUNDER, EXPIRY));
        htlc.lockCoinFor{value: 1 ether}(hash, claimOf(claimer, EXPIRY), REFUNDER);
        assertEq(htlc.status(id), 1);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.AlreadyUsed.selector, id));
        htlc.lock{value: 1 ether}(hash, address(0), 1 ether, claimer, REFUNDER, EXPIRY);
        claim(SECRET, termsOf(address(0), 1 ether));
        assertEq(claimer.balance, 1 ether);
        vm.deal(STRANGER, 2 ether);
        vm.prank(STRANGER);
        htlc.lockCoin{value: 2 ether}(hash, claimOf(claimer, EXPIRY));
        assertEq(htlc.status(idOf(HtlcBase.Terms(hash, address(0), 2 ether, claimer, STRANGER, EXPIRY))), 1);
    }

    /// `lock` and `lockCoin` take and refuse the same.
    function testFuzz_lockCoinIsLock(uint96 amount, address to, address back, uint64 expiry, uint8 kind) public {
        if (kind % 4 == 0) to = address(0);
        if (kind % 8 > 3) expiry = uint64(NOW - 5 + uint256(expiry) % (30 days + 10));
        if (kind % 16 > 13) amount = 0;
        TrestleHtlc other = new TrestleHtlc();
        if (back == address(other) || to == address(other)) return;
        vm.deal(address(this), 2 * uint256(amount));
        (bool coin, bytes memory why) =
            address(other).call{value: amount}(abi.encodeCall(htlc.lockCoinFor, (hash, claimOf(to, expiry), back)));
        (bool general, bytes memory reason) = address(htlc).call{value: amount}(
            abi.encodeCall(htlc.lock, (hash, address(0), amount, to, back, expiry))
        );
        assertTrue(coin == general, "one refuses");
        assertEq(keccak256(why), keccak256(reason));
        bytes32 id = idOf(HtlcBase.Terms(hash, address(0), amount, to, back, expiry));
        assertEq(htlc.status(id), other.status(id));
    }

    function test_lockCoinRefusesWhatLockRefuses() public {
        vm.expectRevert(HtlcBase.BadTerms.selector);
        htlc.lockCoinFor{value: 1}(0, claimOf(claimer, EXPIRY), REFUNDER);
        vm.expectRevert(HtlcBase.BadTerms.selector);
        htlc.lockCoinFor{value: 1}(hash, claimOf(address(0), EXPIRY), REFUNDER);
        vm.expectRevert(HtlcBase.BadTerms.selector);
        htlc.lockCoinFor{value: 1}(hash, claimOf(address(htlc), EXPIRY), REFUNDER);
        vm.expectRevert(HtlcBase.BadTerms.selector);
        htlc.lockCoinFor{value: 1}(hash, claimOf(claimer, EXPIRY), address(htlc));
        vm.expectRevert(HtlcBase.BadTerms.selector);
        htlc.lockCoinFor{value: 1}(hash, claimOf(claimer, EXPIRY), address(0));
        vm.expectRevert(HtlcBase.BadTerms.selector);
        htlc.lockCoinFor(hash, claimOf(claimer, EXPIRY), REFUNDER);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.BadExpiry.selector, NOW));
        htlc.lockCoinFor{value: 1}(hash, claimOf(claimer, NOW), REFUNDER);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.BadExpiry.selector, NOW + 30 days + 1));
        htlc.lockCoinFor{value: 1}(hash, claimOf(claimer, NOW + 30 days + 1), REFUNDER);
        htlc.lockCoinFor{value: 1}(hash, claimOf(claimer, NOW + 30 days), REFUNDER);
        vm.deal(address(this), 2 ** 96);
        vm.expectRevert(HtlcBase.BadTerms.selector);
        htlc.lockCoinFor{value: 2 ** 96}(hash, claimOf(claimer, EXPIRY), REFUNDER);
    }

    function item(bytes32 h, address t, uint256 amount, address to) private pure returns (HtlcBase.Terms memory) {
        return HtlcBase.Terms(h, t, amount, to, REFUNDER, EXPIRY);
    }

    function test_claimBatchSkipsBadItems() public {
        Receiver refusing = new Receiver();
        refusing.set(Receiver.Mode.REFUSE, htlc, "");
        Receiver bomb = new Receiver();
        bomb.set(Receiver.Mode.BOMB, htlc, "");
        HtlcBase.Terms[] memory items = new HtlcBase.Terms[](8);
        bytes32[] memory secrets = new bytes32[](8);
        for (uint256 i = 0; i < 8; i++) {
            secrets[i] = SECRET;
        }
        items[0] = item(hash, address(0), 1 ether, claimer);
        items[1] = item(hash, address(0), 1 ether, address(refusing));
        items[2] = item(hash, address(0), 1 ether, address(bomb));
        items[3] = item(hash, address(0), 2 ether, claimer);
        items[4] = item(hash, address(token), 600, claimer);
        items[5] = item(hash, address(0), 5 ether, claimer); // never locked
        items[6] = items[0]; // already claimed when its turn comes
        items[7] = item(hash, address(0), 7 ether, claimer);
        items[7].expiry = NOW + 10;
        for (uint256 i = 0; i < 5; i++) {
            lock(items[i]);
        }
        lock(items[7]);
        secrets[3] = keccak256("wrong");
        vm.warp(NOW + 10);
        vm.expectEmit(true, true, true, true, address(htlc));
        emit ClaimSkipped(idOf(items[1]), 1);
        vm.prank(STRANGER);
        htlc.claimBatch(secrets, items);
        assertEq(claimer.balance, 1 ether);
        assertEq(token.balanceOf(claimer), 600);
        uint8[8] memory expected = [2, 1, 1, 1, 2, 0, 2, 1];
        for (uint256 i = 0; i < 8; i++) {
            assertEq(htlc.status(idOf(items[i])), expected[i]);
        }
        assertEq(address(htlc).balance, 11 ether);
    }

    /// Whoever sends the batch cannot make an item fail by giving too little gas: then nothing happens at all.
    function testFuzz_gasCannotSkipAnItem(uint32 gasGiven) public {
        HtlcBase.Terms[] memory items = new HtlcBase.Terms[](2);
        items[0] = item(hash, address(0), 1 ether, claimer);
        items[1] = item(hash, address(token), 600, claimer);
        lock(items[0]);
        lock(items[1]);
        bytes32[] memory secrets = new bytes32[](2);
        secrets[0] = SECRET;
        secrets[1] = SECRET;
        (bool done,) = address(htlc).call{gas: bound(gasGiven, 20_000, 600_000)}(
            abi.encodeCall(htlc.claimBatch, (secrets, items))
        );
        assertEq(htlc.status(idOf(items[0])), done ? 2 : 1);
        assertEq(htlc.status(idOf(items[1])), done ? 2 : 1);
    }

    function test_claimBatchRefusesListsThatDoNotFit() public {
        HtlcBase.Terms[] memory none = new HtlcBase.Terms[](0);
        vm.expectRevert(HtlcBase.BadBatch.selector);
        htlc.claimBatch(new bytes32[](0), none);
        vm.expectRevert(HtlcBase.BadBatch.selector);
        htlc.claimBatch(new bytes32[](1), none);
        vm.expectRevert(HtlcBase.BadBatch.selector);
        htlc.claimBatch(new bytes32[](129), new HtlcBase.Terms[](129));
    }

    function test_claimAtAndRefundAtServeALockOfItsOwn() public {
        HtlcBase.Terms memory t = termsOf(address(token), 5);
        bytes32 id = lock(t);
        vm.expectRevert(HtlcBase.BadPreimage.selector);
        htlc.claimAt(keccak256("wrong"), t, own());
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotExpired.selector, EXPIRY));
        htlc.refundAt(t, own());
        htlc.claimAt(SECRET, t, own());
        assertEq(htlc.status(id), 2);
        assertEq(token.balanceOf(claimer), 5);
        HtlcBase.Terms memory late = termsOf(address(token), 6);
        lock(late);
        vm.warp(EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.Expired.selector, EXPIRY));
        htlc.claimAt(SECRET, late, own());
        htlc.refundAt(late, own());
        assertEq(token.balanceOf(REFUNDER), 6);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, idOf(late)));
        htlc.refundAt(late, own());
    }
}
