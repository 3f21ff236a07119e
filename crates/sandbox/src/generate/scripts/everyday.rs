//! Everyday mail in English, second part.

use super::super::people::{LABEL_CONTRACTS, LABEL_FOLLOW_UP, LABEL_WEBSITE};
use super::{Attach, Script, bill, me, other, talk, them, with};

pub(super) const ALL: [Script; 20] = [
    talk(
        "Feedback after three months",
        None,
        &[
            me(
                "Hi {them},\n\nYou have been with us for three months now. What works well, and what should we do better? Two lines are enough, I read every answer myself.\n\nBest,\n{me}",
            ),
            them(
                "Hi {me},\n\nHonestly: very happy. The team in {city} saves about an hour a day. What we miss is a weekly report by mail, and {other} would like to see open offers by region.\n\nBest,\n{them}",
            ),
            me(
                "Thank you, that helps a lot. The weekly report comes with the next release, and I'd like to show {other} a filter that may already do it.\n\n{me}",
            ),
        ],
    ),
    talk(
        "Data processing agreement",
        Some(LABEL_CONTRACTS),
        &[
            them(
                "Dear {me},\n\nBefore we can start, our data protection officer needs a signed data processing agreement and a list of your sub-processors. Do you have a standard document?\n\nKind regards,\n{them}",
            ),
            with(
                me(
                    "Dear {them},\n\nOf course. Attached you find our agreement, already signed on our side, with the list of sub-processors as annex 2 and the technical measures as annex 3.\n\n{me}",
                ),
                Attach::Pdf("DPA-{number}.pdf"),
            ),
            them(
                "Thank you. Annex 3 is unusually clear, our officer asked me to pass that on.\n\n{them}",
            ),
        ],
    ),
    talk(
        "Samples for the new packaging",
        None,
        &[
            with(
                them(
                    "Hi {me},\n\nThe samples left today, three qualities in two colours. The recycled one feels best in my opinion, and it is only {small} more per thousand.\n\nPlease have a look and tell me which one you'd like to see in your print.\n\n{them}",
                ),
                Attach::Png("samples.png"),
            ),
            me(
                "Hi {them},\n\nThe parcel is here and the whole office has an opinion. The recycled one wins, in the darker colour. Could you quote {count} thousand?\n\n{me}",
            ),
            with(
                them(
                    "Hi {me},\n\nWith pleasure: {amount} for {count} thousand, delivered. The offer is attached.\n\n{them}",
                ),
                Attach::Pdf("Offer-{number}.pdf"),
            ),
            me("Ordered! Thank you for the patience with our committee.\n\n{me}"),
        ],
    ),
    talk(
        "Ten years of {company}: please come",
        None,
        &[
            them(
                "Dear {me},\n\nTen years of {company}! We celebrate on {date} in our workshop in {city}, with good food, a band and no speeches longer than three minutes.\n\nWill you come? Partners and children are welcome.\n\n{them}",
            ),
            me(
                "Dear {them},\n\nCongratulations! I'd love to come, there will be two of us. Can we bring something?\n\n{me}",
            ),
            them("Just good mood 🎉\n\n{them}"),
        ],
    ),
    talk(
        "Payment terms for the new framework order",
        None,
        &[
            them(
                "Hi {me},\n\nfor the framework order our finance department asks for 60 days net instead of 30. The volume would be around {amount} a year. Would that work for you?\n\n{them}",
            ),
            me(
                "Hi {them},\n\n60 days is long for us, but with that volume I can offer 45 days net, or 30 days with 2 % discount. What does your finance department prefer?\n\n{me}",
            ),
            them("They take the discount, no hesitation.\n\n{them}"),
            me("A good choice. The contract draft comes by {day}.\n\n{me}"),
        ],
    ),
    talk(
        "Photos from the workshop",
        None,
        &[
            with(
                them(
                    "Hi everyone,\n\nas promised, a few photos from the workshop in {city}. Thank you for two intense days!\n\nThe notes on the wall are transcribed, I'll send them separately.\n\n{them}",
                ),
                Attach::Png("workshop-01.png"),
            ),
            me("Lovely, thank you! The one with the paper aeroplane goes on our wall.\n\n{me}"),
        ],
    ),
    talk(
        "Lost: umbrella and a blue notebook",
        None,
        &[
            them(
                "Hi {me},\n\nI think I left my umbrella and a blue notebook in your meeting room on {day}. Could you have a look?\n\n{them}",
            ),
            me("Both found! They are at the reception, or I bring them along on {day}.\n\n{me}"),
            them("You are a star. {day} is fine.\n\n{them}"),
        ],
    ),
    talk(
        "Integration with our ERP",
        None,
        &[
            them(
                "Hi {me},\n\nour IT asks whether orders can be sent to our ERP automatically. It takes CSV over SFTP or a REST call, once an hour would be enough. Is that possible without a project of six months?\n\n{them}",
            ),
            me(
                "Hi {them},\n\nYes, and it takes days rather than months. Could your IT send me a sample file? Then I can tell you exactly.\n\n{me}",
            ),
            with(
                other(
                    "Hi {me},\n\nattached you find a sample with {count} orders. The third column must stay empty, nobody remembers why.\n\n{other}",
                ),
                Attach::Csv("orders-sample.csv"),
            ),
            me(
                "Hi {other},\n\nThat's perfectly clear (and every company has such a column). You can test from {date} on.\n\n{me}",
            ),
            other("Test successful. We go live on {day}.\n\n{other}"),
        ],
    ),
    bill(
        false,
        "Credit note {number}",
        &[with(
            them(
                "Hello {me},\n\nas agreed you receive credit note {number} over {small} for the two damaged boxes. It will be set off against your next invoice.\n\n{them}\n{company}",
            ),
            Attach::Pdf("Credit-note-{number}.pdf"),
        )],
    ),
    talk(
        "Thank you!",
        None,
        &[
            them(
                "Dear {me},\n\nI just wanted to say thank you. The handover in {city} went without a single problem, and our people are already asking what we did before.\n\nIf you ever need a reference, please name me.\n\n{them}",
            ),
            me(
                "Dear {them},\n\nThis made our day, I have read it out to the team. And I will gladly come back to your offer!\n\n{me}",
            ),
        ],
    ),
    talk(
        "Holiday cover in August",
        None,
        &[
            them(
                "Hi {me},\n\nI'm away from {date} for three weeks. {other} takes over everything that is running, and knows the open quote {number}.\n\nHave a good summer! ☀️\n\n{them}",
            ),
            me("Enjoy it! I'll be in touch with {other}.\n\n{me}"),
        ],
    ),
    talk(
        "Wrong VAT number on order {number}",
        None,
        &[
            them(
                "Dear {me},\n\nthe confirmation for order {number} shows our old VAT number. Could you correct it before the invoice goes out? The new one has been valid since the beginning of the year.\n\nThank you\n{them}",
            ),
            me(
                "Dear {them},\n\nCorrected, and also in your customer record so that it does not come back. Sorry for the extra work.\n\n{me}",
            ),
        ],
    ),
    talk(
        "Reference call for {company}",
        Some(LABEL_FOLLOW_UP),
        &[
            them(
                "Hi {me},\n\nwe are almost there. Our board would like to speak with one of your customers of similar size before we sign. Could you arrange a call of twenty minutes?\n\n{them}",
            ),
            me(
                "Hi {them},\n\nGladly. The operations manager of a logistics company with 120 people has time on {day} at {time} or on {date}. Which one suits you?\n\n{me}",
            ),
            them("{day} at {time}, please. {other} will be on the call as well.\n\n{them}"),
            other(
                "Just off the phone: very good call, they could not name one thing they'd go back for. You'll hear from us this week.\n\n{other}",
            ),
        ],
    ),
    talk(
        "Test installation: {count} open points",
        None,
        &[
            with(
                them(
                    "Hello {me},\n\nour test group has finished. There are {count} open points in the attached list; most are small, but 3, 7 and 11 must be solved before we roll out in {city}.\n\n{them}",
                ),
                Attach::Csv("open-points.csv"),
            ),
            me(
                "Hello {them},\n\nThank you for the careful list. 3 and 7 are settings, I have changed them already. For 11 I need a log file, {other} knows which one.\n\n{me}",
            ),
            with(
                other("Here it is.\n\n{other}"),
                Attach::Csv("log-extract.csv"),
            ),
            me(
                "Found: a proxy cuts long connections. Here is what your IT should allow, then 11 is gone as well.\n\n{me}",
            ),
            them("Confirmed, 11 is gone. We roll out on {date}.\n\n{them}"),
        ],
    ),
    talk(
        "Proposal: two pilots instead of one",
        None,
        &[
            me(
                "Hi {them},\n\nI slept over our talk. What if we start with two small pilots instead of one large one, {city} for the service team and one of the shops? You would see both sides after six weeks, for {amount} in total.\n\nWhat do you think?\n\n{me}",
            ),
            them(
                "Hi {me},\n\nI like it, and so does {other}. Could you put it on one page, with the dates? The board meets on {day}.\n\n{them}",
            ),
            with(
                me("Hi {them},\n\nOne page, as requested.\n\n{me}"),
                Attach::Pdf("Two-pilots.pdf"),
            ),
            them("Approved! 🎉 We start on {date}.\n\n{them}"),
        ],
    ),
    talk(
        "Missing attachment",
        None,
        &[
            them(
                "Hi {me},\n\nyour mail from {day} mentions a drawing, but there was nothing attached. Could you send it again?\n\n{them}",
            ),
            with(
                me("The classic! Here it is, sorry.\n\n{me}"),
                Attach::Png("drawing-{number}.png"),
            ),
            them("Got it, thanks.\n\n{them}"),
        ],
    ),
    talk(
        "Newsletter text for review",
        Some(LABEL_WEBSITE),
        &[
            them(
                "Hi {me},\n\nhere is the text for the December newsletter. Could you check the part about the new service? I was not sure about the opening hours.\n\n\"From {date} on our service desk answers until eight in the evening, also on Saturdays ...\"\n\n{them}",
            ),
            me("Hi {them},\n\nReads well! Saturdays only until four, the rest is right.\n\n{me}"),
        ],
    ),
    talk(
        "Visit in {city}: who comes, when",
        None,
        &[
            them(
                "Hi {me},\n\nwe would like to see your production before we decide. Would {date} suit you? There would be three of us, {other} is interested in quality control most of all.\n\n{them}",
            ),
            me(
                "Hi {them},\n\nYou are very welcome. I suggest {time}: tour, lunch with our head of production, and an hour for questions afterwards.\n\nAnything we should know about food?\n\n{me}",
            ),
            them("One vegetarian, otherwise we eat everything. See you soon!\n\n{them}"),
            me(
                "Thank you for the visit, we enjoyed it. As promised I'll send the test reports by {day}.\n\n{me}",
            ),
        ],
    ),
    talk(
        "Change request: second delivery address",
        None,
        &[
            them(
                "Hi {me},\n\nfrom {date} on please send the small parcels directly to our shop in {city}, pallets still to the warehouse. Can your system do that by itself or do we have to write it on every order?\n\n{them}",
            ),
            me(
                "Hi {them},\n\nThe system does it: I have added the shop as second address, everything below 30 kg goes there. You'll see it on the next confirmation.\n\n{me}",
            ),
            them("Very good, thank you.\n\n{them}"),
        ],
    ),
    talk(
        "Offer for {count} seats",
        None,
        &[
            them(
                "Hello {me},\n\nwe grow! Could you send an offer for {count} seats, billed yearly, and tell me what happens to the eleven we already have?\n\nBest regards\n{them}",
            ),
            with(
                me(
                    "Hello {them},\n\nCongratulations! Attached is the offer: {amount} a year. Your existing seats move over and the rest of their term is deducted.\n\n{me}",
                ),
                Attach::Pdf("Offer-{number}.pdf"),
            ),
            them("Fair. I will sign it today.\n\n{them}"),
        ],
    ),
];
