//! Offers, orders, contracts: business in English, first part.

use super::super::people::{LABEL_CONTRACTS, LABEL_FAIR, LABEL_FOLLOW_UP, LABEL_WEBSITE};
use super::{Attach, Script, bill, me, other, talk, them, with};

pub(super) const ALL: [Script; 19] = [
    talk(
        "Quote for {count} handheld scanners",
        None,
        &[
            them(
                "Hi {me},\n\nWe are replacing the scanners in our {city} warehouse and I would like a quote for {count} units, including chargers and a two-year service plan.\n\nCould you also tell me the lead time? We would need them on site by {date} at the latest.\n\nThanks,\n{them}",
            ),
            with(
                me(
                    "Hi {them},\n\nThank you for thinking of us. Please find our quote {number} attached: {amount} for {count} units, chargers included. The service plan is listed separately so that you can compare both options.\n\nFrom stock we can ship within eight working days of your order.\n\nBest regards,\n{me}",
                ),
                Attach::Pdf("Quote-{number}.pdf"),
            ),
            them(
                "Hi {me},\n\nThat looks good. Two questions before I take it to finance: is delivery to {city} included, and would the price hold if we take ten more in the spring?\n\n{them}",
            ),
            me(
                "Hi {them},\n\nDelivery is included, yes. And I can hold the unit price until the end of April for a follow-up order, I have added a line to the quote so you have it in writing.\n\nShall I reserve the stock until {day}?\n\n{me}",
            ),
            them("Please do. Purchase order follows by {day}.\n\n{them}"),
        ],
    ),
    talk(
        "Meeting notes: kick-off {company}",
        Some(LABEL_FOLLOW_UP),
        &[
            with(
                them(
                    "Hi all,\n\nThanks for a good session this morning. My notes:\n\n- Scope: two sites first ({city} and the distribution centre), the rest in the second phase\n- Owner on our side is {other}, weekly call every {day} at {time}\n- {me} sends the project plan by {date}\n- Open: who signs off the data migration\n\nPlease shout if I missed something.\n\n{them}",
                ),
                Attach::Pdf("Kick-off-notes.pdf"),
            ),
            me(
                "Hi {them},\n\nPerfect notes, thank you. One addition: we agreed that the test system stays available until the end of the second phase.\n\nThe plan will be with you on time.\n\n{me}",
            ),
            other(
                "Adding {me} to the shared folder now. For the sign-off: that will be me, I just confirmed it with our director.\n\n{other}",
            ),
        ],
    ),
    talk(
        "Question about clause 7.2 of the agreement",
        Some(LABEL_CONTRACTS),
        &[
            them(
                "Dear {me},\n\nOur legal team has gone through the draft. Everything is fine except clause 7.2: a liability cap of {amount} does not match our insurance cover. Would you accept twelve months' fees instead?\n\nKind regards,\n{them}",
            ),
            me(
                "Dear {them},\n\nThank you for the quick review. Twelve months' fees is acceptable for us as long as the exclusions in 7.3 stay as they are. I will have the paragraph rewritten today.\n\nKind regards,\n{me}",
            ),
            with(
                me(
                    "Dear {them},\n\nAttached is the revised version, with 7.2 changed as discussed and nothing else touched. If it is fine for you, we can sign electronically this week.\n\n{me}",
                ),
                Attach::Pdf("Agreement-{number}-rev2.pdf"),
            ),
            them(
                "Dear {me},\n\nApproved by legal. You will get the signing link from {other} this afternoon.\n\nKind regards,\n{them}",
            ),
        ],
    ),
    talk(
        "Delivery problem: order {number} incomplete",
        None,
        &[
            with(
                them(
                    "Hello {me},\n\nWe received order {number} this morning, but one pallet is missing and two boxes are crushed, see the picture. Our customer expects the goods on {day}, so this is urgent.\n\nCan you find out where the third pallet is?\n\n{them}\n{company}",
                ),
                Attach::Png("damaged-boxes.png"),
            ),
            me(
                "Hello {them},\n\nI am sorry about this. The carrier confirms that the pallet was left in their hub by mistake; it is on a van now and will be with you tomorrow before {time}. I am sending replacements for the two crushed boxes with it, free of charge.\n\nI will call you tomorrow to make sure that everything has arrived.\n\n{me}",
            ),
            them(
                "Thank you for sorting it out so fast. The pallet is here and complete.\n\n{them}",
            ),
        ],
    ),
    bill(
        false,
        "Invoice {number} from {company}",
        &[
            with(
                them(
                    "Dear {me},\n\nPlease find attached our invoice {number} for {amount}, due on {date}.\n\nIf the purchase order number is missing on your side, just send it to me and I will add it.\n\nKind regards,\n{them}\nAccounts, {company}",
                ),
                Attach::Pdf("Invoice-{number}.pdf"),
            ),
            me(
                "Dear {them},\n\nReceived, thank you. It is approved and will go out with the payment run on {day}.\n\n{me}",
            ),
        ],
    ),
    talk(
        "Lunch on {day}?",
        None,
        &[
            them(
                "Hi {me},\n\nI'm in town on {day} for the fair. Lunch at the usual place around {time}? I'd love to hear how the new product is going.\n\n{them}",
            ),
            me("Great idea, I'll book a table for two. See you on {day}!\n\n{me}"),
            them("😀 Looking forward to it."),
        ],
    ),
    talk(
        "Re-order: same as last quarter, plus {count} more",
        None,
        &[
            them(
                "Hi {me},\n\nTime for our quarterly order. Same list as last time please, plus {count} of the small size, they sell better than we thought.\n\nCan you confirm the price per unit?\n\nCheers,\n{them}",
            ),
            me(
                "Hi {them},\n\nWith pleasure! The unit price stays as it was; the small size comes down a little because you are over the threshold now. Total {amount}. Confirmation {number} follows from the system.\n\n{me}",
            ),
            them("Excellent, thank you. PO number is {number}.\n\n{them}"),
        ],
    ),
    talk(
        "Website relaunch: homepage draft is ready",
        Some(LABEL_WEBSITE),
        &[
            with(
                them(
                    "Hi {me},\n\nThe first draft of the homepage is ready. I tried the shorter headline we talked about and moved the customer quotes up, I think it breathes a lot more now.\n\nWould love your thoughts by {day} so that we can start on the product pages.\n\n{them}",
                ),
                Attach::Png("homepage-draft-3.png"),
            ),
            me(
                "Hi {them},\n\nThis is a big step forward! Three small things:\n\n1. The phone number should be visible without scrolling\n2. Can we try the photo from {city} instead of the stock picture?\n3. \"Get started\" sounds like an app, \"Talk to us\" is closer to what happens\n\nOtherwise: go.\n\n{me}",
            ),
            them("All three make sense, new version tomorrow. 👍\n\n{them}"),
            me("Looks perfect. Let's move on to the product pages.\n\n{me}"),
        ],
    ),
    talk(
        "Price increase from January",
        None,
        &[
            with(
                them(
                    "Dear customer,\n\nAs announced, raw material costs force us to adjust our list prices by 4.8 % from 1 January. Orders placed before {date} will still be invoiced at the old prices.\n\nThe new list is attached. Please contact me with any questions.\n\n{them}\n{company}",
                ),
                Attach::Pdf("Price-list-2027.pdf"),
            ),
            me(
                "Hi {them},\n\nThank you for the early notice. We would like to bring our January order forward: could you prepare the usual quantities at the current price?\n\n{me}",
            ),
            them("Of course, consider it done. Confirmation {number} is on its way.\n\n{them}"),
        ],
    ),
    talk(
        "Demo next week: who should join?",
        None,
        &[
            me(
                "Hi {them},\n\nFor our demo on {day} at {time}: who will join from your side? I would like to prepare the right examples, and if somebody from finance is there I will show the invoicing part as well.\n\nBest,\n{me}",
            ),
            them(
                "Hi {me},\n\nThere will be four of us: {other} from operations, two colleagues from the service desk, and myself. Finance will look at the recording.\n\nBest,\n{them}",
            ),
            me(
                "Wonderful, thanks. Here is the link and a short agenda, it will take 40 minutes including questions.\n\n{me}",
            ),
            them(
                "Thank you for the demo, that was convincing. {other} was impressed by the board. We will come back to you by {date} with a decision.\n\n{them}",
            ),
        ],
    ),
    talk(
        "Your application as sales assistant",
        None,
        &[
            with(
                them(
                    "Dear {me},\n\nI saw your advertisement and would like to apply for the position as sales assistant. I have worked in the trade for six years, the last three with key accounts in {city}.\n\nMy CV is attached. I would be glad to tell you more in a conversation.\n\nYours sincerely,\n{them}",
                ),
                Attach::Pdf("CV.pdf"),
            ),
            me(
                "Dear {them},\n\nThank you for your application, we enjoyed reading it. Would you be available for a first call on {day} at {time}?\n\nKind regards,\n{me}",
            ),
            them(
                "Dear {me},\n\n{day} at {time} suits me perfectly. Thank you for the invitation!\n\n{them}",
            ),
        ],
    ),
    talk(
        "Access for our new colleague",
        None,
        &[
            them(
                "Hi {me},\n\n{other} joins our team on {date}. Could you create an account with the same rights as mine, but without invoices?\n\nThanks!\n{them}",
            ),
            me(
                "Hi {them},\n\nDone, {other} has an invitation in the inbox. It is valid for a week.\n\nWelcome to {other}!\n\n{me}",
            ),
            other("Works, thank you both!\n\n{other}"),
        ],
    ),
    talk(
        "Trade fair {city}: stand C{count}",
        Some(LABEL_FAIR),
        &[
            with(
                them(
                    "Hi {me},\n\nGood news, we got the corner stand. Build-up starts on {date} at {time}. Please send me:\n\n- the final graphics for the back wall\n- number of exhibitor passes\n- whether you need the meeting room again\n\nThe floor plan is attached.\n\n{them}",
                ),
                Attach::Pdf("Floor-plan.pdf"),
            ),
            me(
                "Hi {them},\n\nBrilliant! Six passes, yes to the meeting room on both days, graphics by {day}.\n\nIs the coffee machine from last year available again? It was our best salesperson. ☕\n\n{me}",
            ),
            them("It is reserved under your name 😄\n\n{them}"),
            other("Passes are printed and waiting at the service desk, hall 4.\n\n{other}"),
        ],
    ),
    talk(
        "Complaint: machine stops after ten minutes",
        None,
        &[
            them(
                "Hello,\n\nthe machine we bought in spring (serial number {number}) stops after ten minutes with error E-14. We have already changed the filter as the manual says. Production is standing still.\n\nPlease call me as soon as possible.\n\n{them}\n{company}",
            ),
            me(
                "Dear {them},\n\nI am sorry for the trouble. E-14 is the temperature sensor; our technician can be in {city} tomorrow at {time} with the part. There is no charge, it is covered.\n\n{me}",
            ),
            them("That would be great. I will tell the gate.\n\n{them}"),
            me(
                "The technician reports that everything is running again. I will call you on {day} to check that it stays that way.\n\n{me}",
            ),
            them(
                "Running without a stop since. Thank you for the fast help, that's why we buy from you.\n\n{them}",
            ),
        ],
    ),
    talk(
        "Introduction: {them} <> {me}",
        Some(LABEL_FOLLOW_UP),
        &[
            other(
                "Hi {me}, hi {them},\n\nyou two should talk! {them} is looking for a partner for the Nordic countries, and {me} knows that market better than anybody.\n\nI'll leave it to you.\n\n{other}",
            ),
            them(
                "Thanks {other}!\n\nHi {me}, nice to meet you. Do you have half an hour on {day}? I'd like to understand how you work with distributors.\n\n{them}",
            ),
            me(
                "Hi {them},\n\nThe pleasure is mine. {day} at {time} works, I'll send a link.\n\n{me}",
            ),
        ],
    ),
    talk(
        "Signed contract {number}",
        Some(LABEL_CONTRACTS),
        &[
            with(
                them(
                    "Hi {me},\n\nAttached is the countersigned contract. We are very happy to start working with you!\n\nPlease send the first invoice to accounts@, with the number {number}.\n\n{them}",
                ),
                Attach::Pdf("Contract-{number}-signed.pdf"),
            ),
            me(
                "Dear {them},\n\nWhat good news, thank you! I will introduce you to {other}'s counterpart in our onboarding team tomorrow.\n\n{me}",
            ),
        ],
    ),
    talk(
        "Out of stock: blue, size M",
        None,
        &[
            them(
                "Hi {me},\n\nthe shop shows blue in size M as out of stock. Do you know when it is back? We have three customers waiting and could pre-order {count}.\n\n{them}",
            ),
            me(
                "Hi {them},\n\nThe container is expected on {date}. I have put {count} aside for you, no obligation until {day}.\n\n{me}",
            ),
        ],
    ),
    talk(
        "Can we move our call?",
        None,
        &[
            them(
                "Hi {me},\n\nSomething came up, could we move our call to {day} at {time}? Sorry for the short notice.\n\n{them}",
            ),
            me("No problem at all, I have moved it. Talk to you on {day}.\n\n{me}"),
        ],
    ),
    talk(
        "Budget 2027: your numbers by {day}",
        None,
        &[
            with(
                them(
                    "Hi {me},\n\nI'm collecting the numbers for 2027. Could you fill in the sheet by {day}? Only the yellow cells, the rest is calculated.\n\nIf in doubt, guess high on travel and low on revenue. 😉\n\n{them}",
                ),
                Attach::Csv("Budget-2027.csv"),
            ),
            with(
                me(
                    "Hi {them},\n\nHere you are. I kept travel as it was, the fair in {city} is in there.\n\n{me}",
                ),
                Attach::Csv("Budget-2027-filled.csv"),
            ),
            them("Thanks, that was fast.\n\n{them}"),
        ],
    ),
];
